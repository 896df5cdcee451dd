import { assertEquals, assertMatch } from "../assert.ts";
import { withFolder } from "../support/folder.ts";

Deno.test("a reload that makes another firewall lets go of the one before", () =>
  withFolder(async (folder) => {
    const script = new URL("../support/reload_many.ts", import.meta.url).pathname;
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--quiet", "--v8-flags=--expose-gc", script, folder],
    }).output();
    const decoder = new TextDecoder();
    assertEquals(code, 0, decoder.decode(stderr));
    // The engine may still hold the last one or two; what is kept by a mistake is all of them.
    assertMatch(decoder.decode(stdout), /^[012] of 20$/m);
  }));
