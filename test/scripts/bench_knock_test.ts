import assert from "node:assert/strict";
import { knockTable, measureKnocks } from "../../scripts/bench_knock.ts";
import { testWhere } from "../support/needs.ts";

Deno.test("the table of knocks shows medians side by side with their ratios", () => {
  const contestants = [
    { name: "C", words: [], against: [] },
    { name: "ours", words: [], against: ["C"] },
  ];
  const samples = new Map([
    ["C", { wall: [2, 4, 100], memory: [2] }],
    ["ours", { wall: [40, 42], memory: [30, 32] }],
  ]);
  assert.deepEqual(knockTable(contestants, samples), [
    "      wall ms  peak MiB  wall, compared",
    "C         4.0       2.0",
    "ours     41.0      31.0       10.25 x C",
  ]);
});

testWhere("memory and time of a real program are measured", { system: "linux" }, async () => {
  const contestant = { name: "sh", words: ["sh", "-c", "exec sleep 0.05"], against: [] };
  const sample = (await measureKnocks([contestant], 1)).get("sh");
  assert.ok((sample?.wall[0] ?? 0) >= 50);
  // A shell is small; the measuring process is large.
  assert.ok((sample?.memory[0] ?? 0) > 0.1 && (sample?.memory[0] ?? 99) < 20);
});
