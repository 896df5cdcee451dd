import assert from "node:assert/strict";
import { MUTANTS } from "../../scripts/mutant_table.ts";
import { applyPatch } from "../../scripts/mutants.ts";
import { ROOT } from "../../scripts/process.ts";

const read = (path: string): string => Deno.readTextFileSync(ROOT + path);

Deno.test("every mutant's patch applies at exactly one place", () => {
  const stale = MUTANTS.filter((mutant) => applyPatch(read(mutant.file), mutant) === undefined);
  assert.deepEqual(stale.map(({ check, off, file }) => `${check}: ${off}: ${file}`), []);
});

Deno.test("every test that must notice a mutant is named in its file", () => {
  const lost = MUTANTS.filter(({ killer: [file, test] }) => {
    // Composed names hold at least their constant words.
    const words = test.replace(/^(N[0-9]+ is refused: |HMAC-[a-z0-9]+).*/, "");
    return test === "" || !read(`test/${file}`).includes(words);
  });
  assert.deepEqual(lost.map(({ killer }) => killer.join(": ")), []);
});

Deno.test("every step of the path and every defect of the server has its mutant", () => {
  const checks = new Set(MUTANTS.map(({ check }) => check));
  // Step 26 onwards and rows 5, 6, 20, 21 belong to the firewall.
  const steps = Array.from({ length: 26 }, (_, index) => `7, step ${index + 1}`);
  const rows = Array.from({ length: 34 }, (_, index) => index + 1)
    .filter((row) => ![5, 6, 20, 21].includes(row)).map((row) => `16, row ${row}`);
  assert.deepEqual([...steps, ...rows].filter((check) => !checks.has(check)), []);
});
