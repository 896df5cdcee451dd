import assert from "node:assert/strict";
import { ALLOWED } from "../../scripts/check_imports.ts";
import { ROOT } from "../../scripts/process.ts";

const PAGE = Deno.readTextFileSync(`${ROOT}docs/architecture.md`);

Deno.test("the table of imports is the one that is checked", () => {
  const section = PAGE.slice(PAGE.indexOf("## Who may import whom"), PAGE.indexOf("## Settings"));
  const written = new Map<string, string[]>();
  for (const [, folder = "", list = ""] of section.matchAll(/^\| `(\w+)` +\| (.+?) +\|$/gm)) {
    const names = list === "nothing" ? [] : list.split(", ");
    written.set(folder, names.map((name) => name === "`ffi/`" ? "ffi" : `lib/${name}`).toSorted());
  }
  const checked = Object.entries(ALLOWED).flatMap(([part, list]): [string, string[]][] =>
    part.startsWith("lib/") ? [[part.slice("lib/".length), list.toSorted()]] : []
  );
  assert.deepEqual(Object.fromEntries(written), Object.fromEntries(checked));
});

Deno.test("every folder of lib has its line on the page", () => {
  for (const { name, isDirectory } of Deno.readDirSync(`${ROOT}lib`)) {
    if (isDirectory) assert.match(PAGE, new RegExp(`^  ${name}/ `, "m"), name);
  }
});
