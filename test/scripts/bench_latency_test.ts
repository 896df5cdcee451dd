import assert from "node:assert/strict";
import { latencyTable } from "../../scripts/bench_latency.ts";

Deno.test("percentiles stand beside each other, lost packets are counted", () => {
  const servers = [{ name: "C", words: [] }, { name: "ours", words: [] }];
  const samples = new Map([["C", [10, 20, 30]], ["ours", [1, 2]]]);
  assert.deepEqual(latencyTable(servers, samples, 3), [
    "      p50 ms  p99 ms  lost  p50, compared",
    "C      20.00   30.00     0",
    "ours    1.00    2.00     1       0.05 x C",
  ]);
});
