import assert from "node:assert/strict";
import { parseTestOutput } from "../../scripts/test_summary.ts";

Deno.test("counts and the reasons of skipped tests are read from a run that passed", () => {
  const summary = parseTestOutput([
    "running 3 tests from ./a_test.ts",
    "one is one ... ok (2ms)",
    "two ... that is the question (it needs root) ... ignored (0ms)",
    "",
    "ok | 41 passed (3 steps) | 0 failed | 1 ignored (3s)",
    "",
  ].join("\n"));
  assert.equal(summary.passed, 41);
  assert.equal(summary.failed, 0);
  assert.equal(summary.ignored, 1);
  assert.deepEqual(summary.skipped, ["two ... that is the question (it needs root)"]);
});

Deno.test("a failed run gives its failures without the output before them", () => {
  const summary = parseTestOutput(
    "running 1 test\nx ... FAILED (1ms)\n\n ERRORS \n\nx => ./a_test.ts:1:6\n\nFAILED | 0 passed | 2 failed (5ms)\n",
  );
  assert.equal(summary.failed, 2);
  assert.match(summary.failures, /^ ERRORS /);
});

Deno.test("a run that does not reach its summary has failed", () => {
  const summary = parseTestOutput("error: Module not found\n");
  assert.equal(summary.failed, 1);
  assert.equal(summary.failures, "error: Module not found\n");
});
