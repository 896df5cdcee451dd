import assert from "node:assert/strict";
import { ROOT } from "../../scripts/process.ts";
import { sourceFiles } from "../../scripts/source_files.ts";
import { withFolder } from "../support/folder.ts";

Deno.test("the list leaves out the files in .gitignore", async () => {
  await withFolder((folder) => {
    for (const name of ["dist", "lib", "lib/dist", ".git"]) Deno.mkdirSync(`${folder}/${name}`);
    for (const name of ["a.ts", "dist/b", "lib/dist/c.ts", "lib/.DS_Store", ".git/HEAD"]) {
      Deno.writeTextFileSync(`${folder}/${name}`, "");
    }
    Deno.writeTextFileSync(`${folder}/.gitignore`, "# built\n/dist/\n.DS_Store\n");
    assert.deepEqual(sourceFiles(`${folder}/`), [".gitignore", "a.ts", "lib/dist/c.ts"]);
  });
});

Deno.test("the list holds sources and no built files", () => {
  const listed = sourceFiles(ROOT);
  for (const file of ["main.ts", "README.md", ".ci/run", "test/scripts/source_files_test.ts"]) {
    assert.ok(listed.includes(file), file);
  }
  assert.deepEqual(listed.filter((path) => /^(dist|coverage|\.git)\//.test(path)), []);
});
