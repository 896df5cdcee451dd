import assert from "node:assert/strict";
import { runFwknop } from "../../cmd/run.ts";

async function fwknop(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const code = await runFwknop(args, {
    out: (text) => out += text,
    err: (text) => err += text,
    isTerminal: false,
    isErrorTerminal: false,
    usesColor: false,
    env: () => undefined,
  });
  return { code, out, err };
}

Deno.test("an unknown command is one line with a suggestion, and exit status 2", async () => {
  assert.deepEqual(await fwknop("knok"), {
    code: 2,
    out: "",
    err: "fwknop: there is no command 'knok'\n  did you mean `knock`?\n",
  });
});

Deno.test("an unknown option is exit status 2", async () => {
  const { code, out, err } = await fwknop("knock", "--no-such-option");
  assert.deepEqual([code, out], [2, ""]);
  assert.match(err, /^fwknop: .*--no-such-option/);
});

Deno.test("help names every command and is exit status 0", async () => {
  const { code, out, err } = await fwknop("--help");
  assert.deepEqual([code, err], [0, ""]);
  for (const command of ["knock", "serve", "keygen", "fw-list", "fw-flush", "dump-config"]) {
    assert.ok(out.includes(`\n  ${command} `), command);
  }
});

Deno.test("version names the program and the wire format", async () => {
  const { code, out } = await fwknop("--version");
  assert.equal(code, 0);
  assert.match(out, /^fwknop [0-9.]+, FKO protocol version 3\.0\.0\n$/);
});
