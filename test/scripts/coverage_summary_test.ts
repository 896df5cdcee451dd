import assert from "node:assert/strict";
import { coverageByFolder, formatCoverage } from "../../scripts/coverage_summary.ts";

const LCOV = [
  "SF:/r/lib/net/a.ts",
  "DA:1,1",
  "LH:3",
  "LF:4",
  "end_of_record",
  "SF:/r/lib/net/b.ts",
  "LH:4",
  "LF:4",
  "end_of_record",
  "SF:/elsewhere/c.ts",
  "LH:0",
  "LF:9",
  "end_of_record",
  "SF:/r/test/support/d.ts",
  "LH:0",
  "LF:9",
  "end_of_record",
  "SF:/r/main.ts",
  "LH:1",
  "LF:2",
  "end_of_record",
].join("\n");

Deno.test("coverage is summed per folder, and files outside the tree are left out", () => {
  const folders = coverageByFolder(LCOV, "/r/");
  assert.deepEqual(folders, [
    { folder: "lib/net", covered: 7, lines: 8 },
    { folder: "main.ts", covered: 1, lines: 2 },
  ]);
  assert.deepEqual(formatCoverage(folders), [
    "lib/net   87.5 %  of 8 lines",
    "main.ts   50.0 %  of 2 lines",
    "all       80.0 %  of 10 lines",
  ]);
});
