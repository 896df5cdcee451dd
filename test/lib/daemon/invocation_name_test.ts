import assert from "node:assert/strict";
import { programName } from "../../../lib/daemon/invocation_name.ts";
import { withFolder } from "../../support/folder.ts";

// Loaded here: Deno 2.4 would report a leak if a test loaded it.
const own = programName();

Deno.test("the program knows the name by which it was started, also through a link", () =>
  withFolder(async (folder) => {
    const link = `${folder}/fwknopd`;
    await Deno.symlink(Deno.execPath(), link);
    const module = new URL("../../../lib/daemon/invocation_name.ts", import.meta.url);
    const code = `console.log((await import("${module}")).programName())`;
    const plain = Deno.execPath().replace(/.*\//, "");
    for (const [program, name] of [[link, "fwknopd"], [Deno.execPath(), plain]] as const) {
      const { stdout } = await new Deno.Command(program, { args: ["eval", code] }).output();
      assert.equal(new TextDecoder().decode(stdout), `${name}\n`);
    }
    assert.notEqual(own, "");
  }));
