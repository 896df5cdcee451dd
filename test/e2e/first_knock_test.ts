import assert from "node:assert/strict";
import { compiledBinary, compiledUnavailable } from "../support/compiled_binary.ts";
import { CLIENT_ADDRESS, FirstKnock, SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { type Lab, namespaceTest } from "../support/namespace.ts";

const noCompiled = await compiledUnavailable();

const SHOW_ALL = { iptables: ["iptables-save"], nft: ["nft", "list", "ruleset"] };

/** All steps of the demonstration, with assertions. */
async function firstKnock(
  lab: Lab,
  program: readonly string[],
  firewall: "iptables" | "nft" = "iptables",
): Promise<void> {
  await withFolder(async (folder) => {
    const stage = await FirstKnock.build({ lab, folder, program, accessTimeout: 5, firewall });
    const daemon = await stage.serve();
    assert.ok(!await stage.isOpen(), "closed before the knock");

    const wire = await stage.eavesdrop();
    const knocked = await stage.knock();
    assert.deepEqual([knocked.code, knocked.stderr], [0, ""]);
    await daemon.line(
      new RegExp(`Added access rule to \\S+ .*for ${CLIENT_ADDRESS} -> 0.0.0.0/0 tcp/22`),
    );
    const packet = await wire.line(/^[A-Za-z0-9+\/]{100,}=*$/);
    await wire.stop();

    const session = await stage.connect(3);
    assert.equal(session?.banner, "welcome");
    assert.match(await stage.list(), new RegExp(CLIENT_ADDRESS.replaceAll(".", "\\.")));

    await daemon.line(/Removed rule/, { seconds: 10 });
    assert.ok(!await stage.isOpen(), "closed after the expiry");
    assert.equal(await session?.say("still there?"), "still there?");

    const before = daemon.lines.length;
    await stage.send(packet);
    await daemon.line(/Replay detected/, { from: before });
    assert.ok(!await stage.isOpen(), "closed after the replay");

    await session?.stop();
    const { success } = await daemon.stop();
    assert.ok(success, daemon.lines.join("\n"));
    const rules = await stage.server.must(...SHOW_ALL[firewall]);
    assert.ok(!/fwknop/i.test(rules), rules);
    await stage.service.stop();
  });
}

namespaceTest(
  "fwknop from source opens a dropped port for a while by one packet, and not by its replay",
  { programs: ["iptables", "iptables-save"] },
  (lab) => firstKnock(lab, SOURCE_PROGRAM),
);

namespaceTest(
  "fwknop with nft alone opens a dropped port for a while by one packet, and not by its replay",
  { programs: ["nft"] },
  (lab) => firstKnock(lab, SOURCE_PROGRAM, "nft"),
);

namespaceTest(
  "the compiled fwknop opens a dropped port for a while by one packet, and not by its replay",
  { programs: ["iptables", "iptables-save"], unavailable: () => noCompiled },
  async (lab) => await firstKnock(lab, [await compiledBinary()]),
);
