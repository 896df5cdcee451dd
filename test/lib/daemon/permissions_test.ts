import assert from "node:assert/strict";
import { testWhere } from "../../support/needs.ts";
import type { Needs } from "../../../lib/daemon/permissions.ts";

async function report(needs: Needs): Promise<Record<string, unknown>> {
  const script = new URL("../../support/drop_permissions.ts", import.meta.url).pathname;
  const file = await Deno.makeTempFile({ prefix: "fwknop-drop-" });
  try {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--no-prompt", "--quiet", script, JSON.stringify(needs), file],
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    return JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("a daemon that needs everything still loses ffi, env, sys, import and net", async () => {
  assert.deepEqual(
    await report({ programs: true, writing: true }),
    {
      dropped: ["ffi", "env", "sys", "import", "net"],
      run: true,
      net: false,
      write: true,
      read: true,
      env: false,
      ffi: false,
    },
  );
});

const NOT_IN_2_4 = Deno.version.deno.startsWith("2.4.")
  ? "Deno 2.4 does not honour a dropped write permission"
  : undefined;

Deno.test("the daemon cannot use a permission that it does not need", async () => {
  const { write: _, ...rest } = await report({ programs: false, writing: false });
  assert.deepEqual(rest, {
    dropped: ["ffi", "env", "sys", "import", "net", "run", "write"],
    read: true,
    run: false,
    net: false,
    env: false,
    ffi: false,
  });
});

testWhere("a daemon that needs no files cannot write any", { blocker: NOT_IN_2_4 }, async () => {
  assert.equal((await report({ programs: false, writing: false })).write, false);
});
