import assert from "node:assert/strict";
import fc from "property-testing";
import { Ledger } from "../../../lib/firewall/ledger.ts";
import { aRule, TestClocks } from "../../support/rule.ts";

Deno.test("the ledger waits for the earliest deadline, and a rule is due when either clock has passed its expiry", () => {
  const index = fc.integer({ min: 0, max: 9 });
  const step = fc.oneof(
    fc.record({ add: index, seconds: fc.integer({ min: 1, max: 50 }) }),
    fc.record({ remove: index }),
    fc.record({ pass: fc.integer({ min: 0, max: 20_000 }) }),
    fc.record({ set: fc.integer({ min: -100_000, max: 100_000 }) }),
  );
  fc.assert(fc.property(fc.array(step), (steps) => {
    const clocks = new TestClocks();
    const ledger = new Ledger(clocks);
    const model = new Map<string, { readonly at: number; readonly expires: number }>();
    for (const action of steps) {
      if ("add" in action) {
        const expires = Math.floor(clocks.wall / 1000) + action.seconds;
        ledger.add(aRule(String(action.add), expires));
        const at = clocks.elapsed + expires * 1000 - clocks.wall;
        model.set(String(action.add), { at, expires });
      } else if ("remove" in action) {
        ledger.delete(String(action.remove));
        model.delete(String(action.remove));
      } else if ("pass" in action) {
        clocks.wall += action.pass;
        clocks.elapsed += action.pass;
      } else clocks.wall += action.set;
      const earliest = Math.min(...Array.from(model.values(), ({ at }) => at));
      assert.equal(
        ledger.wait(),
        model.size === 0 ? undefined : Math.max(0, earliest - clocks.elapsed),
      );
      const due = ledger.due().map(({ key }) => key).sort();
      const over = [...model].filter(([, { at, expires }]) =>
        at <= clocks.elapsed || expires * 1000 <= clocks.wall
      );
      assert.deepEqual(due, over.map(([key]) => key).sort());
    }
  }));
});

Deno.test("no rule lives longer if the clock is set back", () => {
  const clocks = new TestClocks();
  const ledger = new Ledger(clocks);
  ledger.add(aRule("a", clocks.wall / 1000 + 30));
  clocks.wall -= 3_600_000;
  assert.equal(ledger.wait(), 30_000);
  clocks.elapsed += 30_000;
  clocks.wall += 30_000;
  assert.deepEqual(ledger.due().map(({ key }) => key), ["a"]);
});

Deno.test("the ledger counts the rules of each stanza when they are added, replaced and deleted", () => {
  const index = fc.integer({ min: 0, max: 5 });
  const stanza = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined });
  const step = fc.oneof(fc.record({ add: index, stanza }), fc.record({ remove: index }));
  fc.assert(fc.property(fc.array(step), (steps) => {
    const ledger = new Ledger(new TestClocks());
    for (const action of steps) {
      if ("remove" in action) ledger.delete(`${action.remove}`);
      else {
        const { summary, ...rest } = aRule(`${action.add}`, 2000);
        const of = action.stanza === undefined ? {} : { stanza: action.stanza };
        ledger.add({ ...rest, summary: { ...summary, ...of } });
      }
      for (const number of [1, 2, 3]) {
        const counted = ledger.all().filter((held) => held.summary.stanza === number).length;
        assert.equal(ledger.countOf(number), counted);
      }
    }
  }));
});
