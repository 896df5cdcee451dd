import assert from "node:assert/strict";
import { formatTable, median, percentile } from "../../scripts/statistics.ts";

Deno.test("the median is the middle sample, or between the two in the middle", () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([4, 1, 2, 9]), 3);
  assert.ok(Number.isNaN(median([])));
});

Deno.test("a percentile is a sample by nearest rank", () => {
  const samples = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.equal(percentile(samples, 0.5), 50);
  assert.equal(percentile(samples, 0.99), 99);
  assert.equal(percentile(samples, 1), 100);
  assert.equal(percentile([7], 0.99), 7);
});

Deno.test("a table aligns its numbers", () => {
  assert.deepEqual(formatTable([["what", "ms"], ["a long name", "7.5"], ["b", "120.0"]]), [
    "what            ms",
    "a long name    7.5",
    "b            120.0",
  ]);
});
