import assert from "node:assert/strict";
import fc from "property-testing";
import type { Rule } from "../../../lib/firewall/adapter.ts";
import { Ledger } from "../../../lib/firewall/ledger.ts";

function rule(key: string, expires: number): Rule {
  const summary = {
    kind: "access",
    chain: "FWKNOP_INPUT",
    address: "192.0.2.1",
    destination: "0.0.0.0/0",
    services: "tcp/22",
    service: "tcp/22",
    expires,
  };
  return { key, family: 4, table: "filter", text: key, summary };
}

Deno.test("the next deadline is always the earliest of what is in force", () => {
  const step = fc.oneof(
    fc.record({ add: fc.integer({ min: 0, max: 9 }), expires: fc.integer({ min: 1, max: 50 }) }),
    fc.record({ remove: fc.integer({ min: 0, max: 9 }) }),
  );
  fc.assert(fc.property(fc.array(step), (steps) => {
    const ledger = new Ledger();
    const model = new Map<string, number>();
    for (const action of steps) {
      if ("add" in action) {
        ledger.add(rule(String(action.add), action.expires));
        model.set(String(action.add), action.expires);
      } else {
        ledger.delete(String(action.remove));
        model.delete(String(action.remove));
      }
      const earliest = model.size === 0 ? undefined : Math.min(...model.values());
      assert.equal(ledger.next(), earliest);
      const due = ledger.due(25).map(({ key }) => key).sort();
      assert.deepEqual(due, [...model].filter(([, at]) => at <= 25).map(([key]) => key).sort());
    }
  }));
});
