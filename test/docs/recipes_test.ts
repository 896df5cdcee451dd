import assert from "node:assert/strict";
import { mustRun, ROOT } from "../../scripts/process.ts";

Deno.test("every recipe stands in the index", async () => {
  const listing = await mustRun("git", ["ls-files", "docs/recipes/*.md"], { cwd: ROOT });
  const index = Deno.readTextFileSync(`${ROOT}docs/recipes/README.md`);
  for (const path of listing.trim().split("\n")) {
    const name = path.replace(/^.*\//, "");
    if (name !== "README.md") assert.ok(index.includes(`(${name})`), name);
  }
});
