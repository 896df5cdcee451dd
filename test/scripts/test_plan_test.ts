import assert from "node:assert/strict";
import { isUnit, MEASURING, planTests, testFiles } from "../../scripts/test_plan.ts";
import { ROOT } from "../../scripts/process.ts";

Deno.test("every test file of the tree is in the plan exactly once", () => {
  const files = testFiles(ROOT);
  const { together, alone } = planTests(files);
  const planned = [...together, ...alone].flatMap((batch) => batch.files);
  assert.deepEqual(planned.toSorted(), files);
  assert.ok(files.includes("test/scripts/test_plan_test.ts"));
});

Deno.test("slow files start first, each in its own process, and units share processes", () => {
  const { together } = planTests([
    "test/lib/net/a_test.ts",
    "test/lib/spa/b_test.ts",
    "test/cmd/c_test.ts",
    "test/e2e/d_test.ts",
  ]);
  assert.deepEqual(together, [
    { files: ["test/e2e/d_test.ts"] },
    { files: ["test/cmd/c_test.ts"] },
    { files: ["test/lib/net/a_test.ts", "test/lib/spa/b_test.ts"] },
  ]);
});

Deno.test("files that measure exist and run alone", () => {
  const { alone } = planTests(testFiles(ROOT));
  assert.deepEqual(alone.map(({ files }) => files), MEASURING.map((file) => [file]));
});

Deno.test("tests of daemons are not units", () => {
  assert.ok(isUnit("test/lib/spa/screen_test.ts"));
  assert.ok(!isUnit("test/e2e/first_knock_test.ts"));
});
