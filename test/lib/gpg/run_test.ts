import { assert, assertEquals, assertRejects } from "../../assert.ts";
import { type GpgRun, runGpg } from "../../../lib/gpg/run.ts";
import { withFolder } from "../../support/folder.ts";
import { isThere } from "../../support/is_there.ts";
import { until } from "../../support/namespace.ts";
import { GpgHome, gpgTest } from "../../support/gpg_home.ts";
import { type Needs, testWhere } from "../../support/needs.ts";

/** Runs a shell script instead of gpg. */
async function runScript(script: string, milliseconds = 5_000): Promise<GpgRun> {
  return await withFolder(async (folder) => {
    const program = `${folder}/gpg`;
    await Deno.writeTextFile(program, `#!/bin/sh\n${script}\n`, { mode: 0o700 });
    return await runGpg({ program, policy: "gpg" }, {
      args: ["--version"],
      input: new TextEncoder().encode("message\n"),
      passphrase: new TextEncoder().encode("secret words"),
      milliseconds,
    });
  });
}

const unix: Needs = { system: "unix" };

testWhere("the passphrase is the first line of the input and never an argument", unix, async () => {
  const run = await runScript('echo "$@"; cat');
  assert(run.ran);
  const [args = "", passphrase, message] = new TextDecoder().decode(run.output).split("\n");
  assert(!args.includes("secret"));
  assertEquals([passphrase, message], ["secret words", "message"]);
});

testWhere("gpg sees only PATH and the language", unix, async () => {
  const run = await runScript("/usr/bin/env");
  assert(run.ran);
  const names = new TextDecoder().decode(run.output).trim().split("\n").map((line) =>
    line.replace(/=.*/, "")
  );
  // The shell adds these itself.
  assertEquals(names.filter((name) => !["PWD", "_", "SHLVL", "OLDPWD"].includes(name)).sort(), [
    "LC_ALL",
    "PATH",
  ]);
});

testWhere("a gpg that hangs is killed, even if its child holds the pipes", unix, async () => {
  const run = await runScript("sleep 600 & sleep 600", 200);
  assert(!run.ran && /^no answer from .* within 200 ms$/.test(run.reason));
});

testWhere(
  "a gpg that hangs does not delay the end of the server",
  unix,
  () =>
    withFolder(async (folder) => {
      const [program, started] = [`${folder}/gpg`, `${folder}/started`];
      const script = `#!/bin/sh\n: > ${started}\nsleep 600 & sleep 600\n`;
      await Deno.writeTextFile(program, script, { mode: 0o700 });
      const ending = new AbortController();
      const gpg = { program, policy: "gpg", signal: ending.signal } as const;
      const running = runGpg(gpg, { args: [], milliseconds: 600_000 });
      await until("it runs", () => isThere(started));
      ending.abort();
      const run = await running;
      assert(!run.ran && run.reason.endsWith("was stopped, because the server ends"));
    }),
);

testWhere("a gpg that writes too much is killed", unix, async () => {
  const run = await runScript("exec yes");
  assert(!run.ran && run.reason.endsWith("says too much"));
});

testWhere("a gpg that ends without reading its input is not an exception", unix, async () => {
  const run = await runScript("exit 3");
  assert(run.ran);
  assertEquals([run.code, run.status, run.output.length], [3, [], 0]);
});

Deno.test("a missing program is a reason, not an exception", async () => {
  const program = "/nowhere/gpg";
  const command = { args: [], milliseconds: 1000 };
  const run = await runGpg({ program, policy: "gpg" }, command);
  assertEquals(run, { ran: false, reason: "/nowhere/gpg was not found" });
});

Deno.test("a passphrase that would extend into the message is a programming error", async () => {
  const command = { args: [], milliseconds: 1000, passphrase: new Uint8Array([65, 10, 66]) };
  await assertRejects(() => runGpg({ policy: "gpg" }, command), TypeError);
});

gpgTest("the agent that gpg starts does not delay the end of the run", async () => {
  await using home = await GpgHome.make();
  // Otherwise the run would end by its time limit.
  const run = await runGpg({ homeDirectory: home.path, policy: "gpg" }, {
    args: ["--quick-gen-key", "a <a@example.test>", "rsa1024", "default", "never"],
    passphrase: new Uint8Array(),
    milliseconds: 60_000,
  });
  assert(run.ran);
  assertEquals(run.code, 0);
});
