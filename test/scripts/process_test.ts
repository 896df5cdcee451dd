import assert from "node:assert/strict";
import { findProgram, mustRun, run, TIMED_OUT } from "../../scripts/process.ts";
import { testWhere } from "../support/needs.ts";

const [deno, evaluate] = [Deno.execPath(), ["eval", "--quiet"]];

Deno.test("run returns the two streams and the status of a child", async () => {
  const code = 'console.log("a"); console.error("b"); Deno.exit(3);';
  assert.deepEqual(await run(deno, [...evaluate, code]), { code: 3, stdout: "a\n", stderr: "b\n" });
});

Deno.test("a missing program gives status 127", async () => {
  assert.equal((await run("/no/such/program", [])).code, 127);
});

Deno.test("a child that takes too long is killed, and its output so far is kept", async () => {
  const log = await Deno.makeTempFile();
  const code = 'console.log("begun"); setInterval(() => {}, 1000);';
  const ended = await run(deno, [...evaluate, code], { limit: 2, log });
  assert.deepEqual(ended, { code: TIMED_OUT, stdout: "begun\n", stderr: "" });
  assert.equal(await Deno.readTextFile(log), "begun\n");
  await Deno.remove(log);
});

testWhere("a grandchild that keeps the stream does not keep us", { system: "unix" }, async () => {
  const { code, stdout } = await run("sh", ["-c", "sleep 30 & echo $!"]);
  assert.equal(code, 0);
  Deno.kill(Number(stdout));
});

Deno.test("mustRun throws with the child's last output", async () => {
  await assert.rejects(
    mustRun(deno, [...evaluate, 'console.error("no luck"); Deno.exit(1);']),
    /status 1:\nno luck$/,
  );
});

Deno.test("a program is found by its name, or not", () => {
  assert.equal(findProgram("no-such-program"), undefined);
  if (Deno.build.os !== "windows") assert.match(findProgram("sh") ?? "", /\/sh$/);
});
