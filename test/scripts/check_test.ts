import assert from "node:assert/strict";
import { formatOutcome, formatTotal, runChecks, skip, verdict } from "../../scripts/check.ts";

Deno.test("every check has a line with its time, and details of a failure below it", () => {
  assert.equal(
    formatOutcome("lint", verdict([]), 1.25),
    "ok      lint                                           1.3 s",
  );
  assert.equal(
    formatOutcome("lint", verdict(["a.ts: bad", "b.ts: worse"]), 0),
    "FAILED  lint                                           0.0 s\n    a.ts: bad\n    b.ts: worse",
  );
  assert.equal(
    formatOutcome("types on 2.4", skip("npx is not installed"), 0),
    "skipped types on 2.4                                   0.0 s  npx is not installed",
  );
});

Deno.test("the total counts tests and checks alike", () => {
  const tests = { passed: 40, failed: 1, skipped: 3 };
  assert.equal(
    formatTotal([tests, verdict(""), skip("x"), verdict("y")]),
    "41 passed, 2 failed, 4 skipped",
  );
});

Deno.test("all checks run even when one throws, and no more than asked for at a time", async () => {
  let running = 0;
  let most = 0;
  const check = (name: string, fails: boolean): { name: string; run: () => Promise<never> } => ({
    name,
    run: async () => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
      if (fails) throw new Error("broken");
      return verdict("") as never;
    },
  });
  const lines: string[] = [];
  const outcomes = await runChecks(
    ["a", "b", "c", "d", "e"].map((name) => check(name, name === "b")),
    2,
    (line) => lines.push(line),
  );
  assert.equal(most, 2);
  assert.equal(outcomes.length, 5);
  assert.equal(outcomes.filter(({ failed }) => failed > 0).length, 1);
  assert.ok(lines.some((line) => line.includes("Error: broken")));
});
