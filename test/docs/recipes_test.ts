import assert from "node:assert/strict";
import { ROOT } from "../../scripts/process.ts";

Deno.test("every recipe is in the index", () => {
  const index = Deno.readTextFileSync(`${ROOT}docs/recipes/README.md`);
  const names = [...Deno.readDirSync(`${ROOT}docs/recipes`)].map(({ name }) => name);
  assert.ok(names.length > 1);
  for (const name of names) {
    if (name !== "README.md") assert.ok(index.includes(`(${name})`), name);
  }
});
