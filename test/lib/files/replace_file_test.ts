import { replaceFile } from "../../../lib/files/replace_file.ts";
import { assertEquals, assertThrows } from "../../assert.ts";
import { withFolder } from "../../support/folder.ts";

function namesIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).toSorted();
}

for (const writers of ["one", "several"] as const) {
  Deno.test(`a file of ${writers} is replaced completely and privately, and no other file is left`, () =>
    withFolder((folder) => {
      const path = `${folder}/file`;
      Deno.writeTextFileSync(path, "a longer text than the next", { mode: 0o644 });
      replaceFile(path, "next", { writers }).close();
      assertEquals(Deno.readTextFileSync(path), "next");
      assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
      assertEquals(namesIn(folder), ["file"]);
    }));

  Deno.test(`a link instead of a file of ${writers} is replaced, and its target stays`, () =>
    withFolder((folder) => {
      Deno.writeTextFileSync(`${folder}/victim`, "theirs");
      Deno.symlinkSync(`${folder}/victim`, `${folder}/file`);
      replaceFile(`${folder}/file`, "ours", { writers }).close();
      assertEquals(Deno.readTextFileSync(`${folder}/victim`), "theirs");
      assertEquals(Deno.readTextFileSync(`${folder}/file`), "ours");
    }));

  Deno.test(`a file of ${writers} that cannot be replaced stays, and no other file is left`, () =>
    withFolder((folder) => {
      Deno.mkdirSync(`${folder}/file`);
      assertThrows(() => replaceFile(`${folder}/file`, "text", { writers }));
      assertEquals(namesIn(folder), ["file"]);
    }));
}

Deno.test("the returned file appends to the new content", () =>
  withFolder((folder) => {
    using file = replaceFile(`${folder}/file`, "one\n", { writers: "one" });
    file.writeSync(new TextEncoder().encode("two\n"));
    assertEquals(Deno.readTextFileSync(`${folder}/file`), "one\ntwo\n");
  }));

Deno.test("a file that a crash of the one writer left is removed", () =>
  withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/file.new`, "half a te");
    replaceFile(`${folder}/file`, "text", { writers: "one" }).close();
    assertEquals(namesIn(folder), ["file"]);
  }));
