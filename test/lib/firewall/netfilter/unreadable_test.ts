import { examineNetfilter } from "../../../../lib/firewall/netfilter/examine.ts";
import { judgeUnreadable } from "../../../../lib/firewall/netfilter/unreadable.ts";
import type { Outcome } from "../../../../lib/firewall/plan.ts";
import { assertEquals, assertMatch } from "../../../assert.ts";
import { linuxQuestions } from "../../../support/doctor.ts";
import { withFolder } from "../../../support/folder.ts";

function outcome(program: string, code: number, stderr: string): Outcome {
  return { words: [program, "-S"], code, stdout: "", stderr };
}

const IPTABLES = outcome("iptables", 4, "Fatal: Permission denied (you must be root)\n");
const NFT = outcome("nft", 1, "Operation not permitted (you must be root)\n");
const NO_NFT = outcome("nft", 127, "not found");

const REFUSED = "What the firewall does cannot be read: " +
  "iptables failed with exit status 4: Fatal: Permission denied (you must be root)";

Deno.test("programs that refuse are not reported as missing, and the hint to other users is to run as root", () => {
  const repair = "Run it as root: only root may read the rules of the firewall";
  assertEquals(judgeUnreadable([IPTABLES, NO_NFT], false), { state: "bad", text: REFUSED, repair });
  assertEquals(judgeUnreadable([IPTABLES, NFT], false), {
    state: "bad",
    text: `${REFUSED}; nft failed with exit status 1: Operation not permitted (you must be root)`,
    repair,
  });
  assertEquals(judgeUnreadable([IPTABLES, NFT], true).repair, "Try by hand: iptables -S");
});

Deno.test("the hint about missing programs installs them", () => {
  const missing = [outcome("iptables", 127, "not found"), NO_NFT];
  for (const isRoot of [true, false]) {
    assertEquals(judgeUnreadable(missing, isRoot), {
      state: "bad",
      text: "Neither iptables nor nft can be used",
      repair: "apt-get install iptables nftables",
    });
  }
});

Deno.test("the doctor repeats the messages of programs that refused", async () => {
  await withFolder(async (folder) => {
    const refusing = async (name: string) => {
      const path = `${folder}/${name}`;
      const script = "#!/bin/sh\necho 'Permission denied (you must be root)' >&2\nexit 4\n";
      await Deno.writeTextFile(path, script, { mode: 0o755 });
      return path;
    };
    const [iptables, nft] = [await refusing("iptables"), await refusing("nft")];
    const findings = await examineNetfilter(linuxQuestions("iptables", { iptables, nft }));
    assertEquals(findings.map(({ state }) => state), ["bad"]);
    assertMatch(findings[0]?.text ?? "", /cannot be read: .*iptables .*root\); .*nft .*root\)$/);
  });
});
