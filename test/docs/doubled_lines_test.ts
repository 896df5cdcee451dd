import { assertEquals } from "../assert.ts";

/** Text of a file of the project, by its path from the root. */
function read(path: string): string {
  return Deno.readTextFileSync(new URL(`../../${path}`, import.meta.url));
}

/** The entries that occur more than once. */
function doubled(entries: readonly string[]): string[] {
  return entries.filter((entry, at) => entries.indexOf(entry) !== at);
}

Deno.test("no entry of the changelog is doubled, and each kind has one heading in a version", () => {
  for (const version of read("CHANGELOG.md").split(/^## /m).slice(1)) {
    assertEquals(doubled(version.match(/^- .*$/gm) ?? []), []);
    assertEquals(doubled(version.match(/^### .*$/gm) ?? []), []);
  }
});

Deno.test("no difference from the C tools is listed twice, and each row has four cells", () => {
  const rows = (read("docs/differences.md").match(/^\|.*$/gm) ?? [])
    .filter((row) => !row.startsWith("| --- |") && !/^\| the C \w+s? \|/.test(row));
  const behaviours = rows.map((row) => row.replace(/\\\|/g, "").split("|")[1]?.trim() ?? "");
  assertEquals(doubled(behaviours), []);
  const cells = (row: string) => row.replace(/`[^`]*`/g, "").split("|").length - 2;
  assertEquals(rows.filter((row) => cells(row) !== 4), []);
});
