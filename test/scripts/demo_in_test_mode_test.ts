import assert from "node:assert/strict";
import { demoInTestMode } from "../../scripts/demo_in_test_mode.ts";
import { Narrator } from "../../scripts/narrator.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { testWhere } from "../support/needs.ts";

testWhere("the demonstration in test mode shows under each step what belongs to it", {
  system: "unix",
}, async () => {
  await withFolder(async (folder) => {
    const lines: string[] = [];
    const cleaners: (() => unknown)[] = [];
    try {
      const narrator = new Narrator((line) => lines.push(line), false);
      await demoInTestMode(folder, SOURCE_PROGRAM, narrator, (clean) => cleaners.push(clean));
    } finally {
      for (const clean of cleaners.toReversed()) await clean();
    }
    const steps = lines.join("\n").split(/^\d\. /m);
    assert.equal(steps.length, 6, lines.join("\n"));
    const holds = (text: RegExp): number[] =>
      steps.flatMap((step, index) => text.test(step) ? [index] : []);
    // The third step is the knock: the firewall's commands belong to it.
    assert.deepEqual(holds(/skipping firewall manipulation/), [3]);
    assert.deepEqual(holds(/^ +\| .*(iptables-restore|nft )/m), [3]);
    assert.deepEqual(holds(/Replay detected/), [4]);
    assert.deepEqual(holds(/HMAC_COMPAREFAIL/), [5]);
    assert.deepEqual(holds(/Packets: /), []);
  });
});
