import assert from "node:assert/strict";
import { latencyTable } from "../../scripts/bench_latency.ts";

Deno.test("the table of latencies shows percentiles side by side and counts lost packets", () => {
  const common = { words: [], settings: [], program: "iptables" } as const;
  const servers = [{ name: "C", ...common }, { name: "ours", ...common }];
  const samples = new Map([["C", [10, 20, 30]], ["ours", [1, 2]]]);
  assert.deepEqual(latencyTable(servers, samples, new Map([["C", 5], ["ours", 0]]), 3), [
    "      p50 ms  p99 ms  lost  starts/grant  p50, compared",
    "C      20.00   30.00     0           5.0",
    "ours    1.00    2.00     1           0.0      0.050 x C",
  ]);
});
