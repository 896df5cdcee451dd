import assert from "node:assert/strict";
import { programName } from "../../../lib/daemon/invocation_name.ts";

Deno.test("the name the program was started by is known, also through a link", async () => {
  const folder = await Deno.makeTempDir({ prefix: "fwknop-name-" });
  try {
    const link = `${folder}/fwknopd`;
    await Deno.symlink(Deno.execPath(), link);
    const module = new URL("../../../lib/daemon/invocation_name.ts", import.meta.url);
    const code = `console.log((await import("${module}")).programName())`;
    for (const [program, name] of [[link, "fwknopd"], [Deno.execPath(), programName()]] as const) {
      const { stdout } = await new Deno.Command(program, { args: ["eval", code] }).output();
      assert.equal(new TextDecoder().decode(stdout), `${name}\n`);
    }
    assert.notEqual(programName(), "");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
