import assert from "node:assert/strict";
import { cpuSeconds } from "../../scripts/bench_flood.ts";

Deno.test("cpuSeconds reads the CPU of a process and its children past any program name", () => {
  const stat = "42 (a) b) S 1 42 42 0 -1 4194304 100 0 0 0 150 50 25 25 20 0 1 0 100 0 0";
  assert.equal(cpuSeconds(stat), 2.5);
});
