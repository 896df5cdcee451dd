import assert from "node:assert/strict";
import { anchorOf, citationProblems, linkProblems } from "../../scripts/check_docs.ts";

const FILES: Readonly<Record<string, string>> = {
  "docs/a.md": "# A page\n\n## Two words: `code`, and more\n",
  "docs/spec/wire.md": "# Wire\n\n## 3. Fields\n\n### 3.2 Types\n",
};
const read = (path: string): string | undefined => FILES[path];

Deno.test("an anchor is made from a heading as the forges do it", () => {
  assert.equal(anchorOf("Two words: `code`, and more"), "two-words-code-and-more");
});

Deno.test("the check finds links to missing files and headings, with their line", () => {
  const text =
    "See\n[a](docs/a.md), [b](docs/b.md), [c](docs/a.md#a-page), [d](docs/a.md#nowhere)\n";
  assert.deepEqual(linkProblems("README.md", text, read), [
    "README.md:2: docs/b.md is not there",
    "README.md:2: docs/a.md has no heading #nowhere",
  ]);
});

Deno.test("links are relative to their document, and addresses and code are ignored", () => {
  const text = "[x](spec/wire.md#3-fields) [y](https://example.org) `[z](no)`\n```\n[w](no)\n```\n";
  assert.deepEqual(linkProblems("docs/c.md", text, read), []);
});

Deno.test("a cited section must be a heading of the specification", () => {
  const problems = (source: string): string[] => citationProblems("a.ts", source, read);
  assert.deepEqual(problems("// see `docs/spec/wire.md` 3.2, and `docs/spec/wire.md` 3"), []);
  assert.deepEqual(problems("/**\n * (`docs/spec/wire.md` 3.2 and\n * 3.9)\n */"), [
    "a.ts:2: docs/spec/wire.md has no section 3.9",
  ]);
  assert.deepEqual(problems("\n// docs/spec/wire.md section 7, step 2"), [
    "a.ts:2: docs/spec/wire.md has no section 7",
  ]);
  assert.deepEqual(problems("// docs/spec/lost.md"), ["a.ts:1: docs/spec/lost.md is not there"]);
});
