import assert from "node:assert/strict";
import { slopePerHour, SoakLedger } from "../../scripts/soak_ledger.ts";

/** Looks once a second from `from` to `to`, with these rules. */
function look(ledger: SoakLedger, rules: readonly string[], from: number, to: number): void {
  for (let now = from; now <= to; now++) ledger.look(rules, now);
}

Deno.test("a knock that is granted once and ends on time leaves nothing to report", () => {
  const ledger = new SoakLedger(30);
  ledger.knock("a", 0, false);
  ledger.told("a");
  look(ledger, ["a"], 1, 30);
  look(ledger, [], 31, 60);
  assert.deepEqual(ledger.counts, {
    sent: 1,
    granted: 1,
    excused: 0,
    late: 0,
    doubled: 0,
    notInForce: 0,
  });
});

Deno.test("a rule that stands twice, and one that stands too long, are counted once each", () => {
  const ledger = new SoakLedger(30);
  ledger.knock("a", 0, false);
  look(ledger, ["a", "a"], 1, 45);
  assert.equal(ledger.counts.doubled, 1);
  assert.equal(ledger.counts.late, 1);
});

Deno.test("a grant that was reported and never stood is counted, and so is one that went early", () => {
  const ledger = new SoakLedger(30);
  ledger.knock("never", 0, false);
  ledger.knock("early", 0, false);
  ledger.told("never");
  look(ledger, ["early"], 1, 5);
  look(ledger, [], 6, 60);
  assert.equal(ledger.counts.granted, 1);
  assert.equal(ledger.counts.notInForce, 2);
});

Deno.test("a knock that could not arrive is excused, and one that was still granted counts as a grant", () => {
  const ledger = new SoakLedger(30);
  ledger.knock("lost", 0, true);
  ledger.knock("arrived", 0, true);
  look(ledger, ["arrived"], 1, 30);
  look(ledger, [], 31, 60);
  assert.deepEqual([ledger.counts.granted, ledger.counts.excused], [1, 1]);
});

Deno.test("the slope of a line is found, and that of one point is not a number", () => {
  assert.equal(slopePerHour([[0, 5], [1800, 10], [3600, 15]]), 10);
  assert.ok(Number.isNaN(slopePerHour([[0, 5]])));
});
