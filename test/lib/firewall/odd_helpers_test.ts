import { assert, assertEquals, assertMatch, assertRejects } from "../../assert.ts";
import { hintFor } from "../../../lib/firewall/program_hint.ts";
import type { Outcome } from "../../../lib/firewall/plan.ts";
import { access, chainRules, iptablesIn, nftIn } from "../../support/firewall.ts";
import { withFolder } from "../../support/folder.ts";
import { type Namespace, namespaceTest, until } from "../../support/namespace.ts";

/** Scripts in place of firewall programs. `REAL` in a script is the program in the namespace. */
async function wrapped(
  namespace: Namespace,
  scripts: Readonly<Record<string, string>>,
  body: (folder: string, flag: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const flag = `${folder}/flag`;
    await Deno.writeTextFile(flag, "");
    for (const [name, script] of Object.entries(scripts)) {
      const real = `${namespace.entry.join(" ")} ${name}`;
      const text = script.replaceAll("REAL", real).replaceAll("FLAG", flag);
      await Deno.writeTextFile(`${folder}/${name}`, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    }
    await body(folder, flag);
  });
}

const THROUGH = 'exec REAL "$@"';
const IPTABLES = { programs: ["iptables", "iptables-restore"] };

namespaceTest(
  "no grant waits for children that a program leaves behind with its outputs open",
  IPTABLES,
  async (lab) => {
    const server = await lab.namespace("server");
    const leaves = 'sleep 600 & REAL "$@"';
    const scripts = { "iptables": leaves, "iptables-restore": `[ -s FLAG ] && exit 1; ${leaves}` };
    await wrapped(server, scripts, async (folder, flag) => {
      const settings = { command: `${folder}/iptables` };
      const { firewall } = iptablesIn(server, { settings });
      await firewall.ask({ name: "prepare" });
      assertEquals(
        (await firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 60) })).error,
        undefined,
      );
      // The helper process and its children are gone; its successor ends at once.
      await Deno.writeTextFile(flag, "end");
      for (const pid of await lab.pids(server)) if (pid !== Deno.pid) Deno.kill(pid, "SIGKILL");
      const { error } = await firewall.ask({
        name: "open",
        grant: access("10.9.0.2", "tcp/22", 60),
      });
      assertMatch(error ?? "", /ended without a word/);
      await Deno.writeTextFile(flag, "");
      assertEquals(
        (await firewall.ask({ name: "open", grant: access("10.9.0.3", "tcp/22", 60) })).error,
        undefined,
      );
      await firewall.ask({ name: "close" });
      assertEquals((await server.run("iptables", "-S")).stdout.includes("FWKNOP"), false);
    });
  },
);

namespaceTest(
  "a helper process whose child hangs is killed with the child after the time limit",
  IPTABLES,
  async (lab) => {
    const server = await lab.namespace("server");
    const script = 'if [ -s FLAG ]; then sleep 600; else REAL "$@"; fi';
    const scripts = { "iptables": THROUGH, "iptables-restore": script };
    await wrapped(server, scripts, async (folder, flag) => {
      const { firewall } = iptablesIn(server, {
        settings: { command: `${folder}/iptables` },
        managed: { runner: { helperMilliseconds: 400 } },
      });
      await Deno.writeTextFile(flag, "hang");
      await assertRejects(
        () => firewall.ask({ name: "prepare" }),
        Error,
        "did not answer within 400 ms",
      );
      await until(
        "no process of the script runs",
        async () => (await hanging(folder)).length === 0,
      );
      await firewall.ask({ name: "release" });
    });
  },
);

/** Processes whose command line has a script in the folder. */
async function hanging(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^[0-9]+$/.test(name)) continue;
    const words = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
    if (words.includes(`${folder}/iptables-restore`)) found.push(name);
  }
  return found;
}

namespaceTest(
  "if nft dies with a message after its work, no rule of the failed grant stays in force",
  { programs: ["nft"] },
  async (lab) => {
    const server = await lab.namespace("server");
    // Carries out its input line by line, as `nft -i` does, and dies once instead of answering.
    const dies = `case "$1" in -i) ;; *) exec REAL "$@";; esac
while IFS= read -r line; do
case "$line" in
fwknop_*) if [ -s FLAG ]; then echo "nft: out of luck" >&2; exit 1; fi; echo "$line" >&2;;
*) echo "$line" | REAL -f - >&2;;
esac
done`;
    await wrapped(server, { nft: dies }, async (folder, flag) => {
      const { firewall } = nftIn(server, { settings: { command: `${folder}/nft` } });
      await firewall.ask({ name: "prepare" });
      await Deno.writeTextFile(flag, "die");
      const first = await firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 60) });
      const ruleset = async (): Promise<string> =>
        (await server.run("nft", "list", "table", "inet", "fwknop")).stdout;
      assertMatch(first.error ?? "", /out of luck/);
      assertEquals((await ruleset()).includes("10.9.0.1"), false);
      assertEquals(await firewall.ask({ name: "held" }), []);
      await Deno.writeTextFile(flag, "");
      assertEquals(
        (await firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 60) })).error,
        undefined,
      );
      assertEquals((await ruleset()).includes("10.9.0.1"), true);
      await firewall.ask({ name: "close" });
    });
  },
);

namespaceTest("a grant fails if the helper process loses COMMIT", IPTABLES, async (lab) => {
  const server = await lab.namespace("server");
  const loses = `while IFS= read -r line; do
if [ "$line" = COMMIT ] && [ -s FLAG ]; then continue; fi
echo "$line"
done | REAL "$@"`;
  const scripts = { "iptables": THROUGH, "iptables-restore": loses };
  await wrapped(server, scripts, async (folder, flag) => {
    const { firewall } = iptablesIn(server, {
      settings: { command: `${folder}/iptables` },
      managed: { runner: { helperMilliseconds: 400 } },
    });
    await firewall.ask({ name: "prepare" });
    await Deno.writeTextFile(flag, "lose");
    const { error } = await firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 60) });
    // The program has ended; the script that feeds it has not noticed yet.
    assertMatch(error ?? "", /did not answer/);
    assertEquals(await firewall.ask({ name: "held" }), []);
    await Deno.writeTextFile(flag, "");
    assertEquals(
      (await firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 60) })).error,
      undefined,
    );
    assertEquals((await chainRules(server)).length, 1);
    await firewall.ask({ name: "close" });
  });
});

Deno.test("the hint for a program that lacks descriptors to start is not to install it", () => {
  const outcome: Outcome = {
    words: ["iptables"],
    code: 126,
    stdout: "",
    stderr: "cannot be run: Too many open files",
    notStarted: "exhausted",
  };
  assertMatch(hintFor([outcome], true), /^Raise the limits/);
  assert(hintFor([{ ...outcome, notStarted: "missing" }], true).startsWith("Install"));
  assert(hintFor([{ ...outcome, notStarted: "forbidden" }], true).startsWith("Install"));
});
