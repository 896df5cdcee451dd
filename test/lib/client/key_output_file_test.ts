import { writeKeyFile } from "../../../lib/client/key_output_file.ts";
import { assert, assertEquals } from "../../assert.ts";
import { withFolder } from "../../support/folder.ts";
import { testWhere } from "../../support/needs.ts";

testWhere(
  "new keys go into a file that only its owner can read",
  { system: "unix" },
  () =>
    withFolder(async (folder) => {
      const path = `${folder}/keys`;
      assertEquals(await writeKeyFile(path, "KEY a\n", false), undefined);
      assertEquals(Deno.readTextFileSync(path), "KEY a\n");
      assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
    }),
);

Deno.test("a file that exists is replaced only where that is allowed", () =>
  withFolder(async (folder) => {
    const path = `${folder}/keys`;
    await writeKeyFile(path, "KEY a\n", false);
    const problem = await writeKeyFile(path, "KEY b\n", false);
    assert(problem !== undefined);
    assertEquals(problem.text, `${path} exists already`);
    assertEquals(Deno.readTextFileSync(path), "KEY a\n");
    assertEquals(await writeKeyFile(path, "KEY b\n", true), undefined);
    assertEquals(Deno.readTextFileSync(path), "KEY b\n");
  }));

Deno.test("a folder that does not exist is a problem with the path", () =>
  withFolder(async (folder) => {
    const path = `${folder}/none/keys`;
    const problem = await writeKeyFile(path, "KEY a\n", false);
    assert(problem?.text.startsWith(`cannot write the keys to ${path}: `), problem?.text);
  }));
