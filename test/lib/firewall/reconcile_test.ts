import fc from "property-testing";
import type { Rule } from "../../../lib/firewall/adapter.ts";
import { Ledger } from "../../../lib/firewall/ledger.ts";
import {
  assess,
  type Changes,
  compareGrant,
  type Found,
  NOTHING,
  reconcile,
} from "../../../lib/firewall/reconcile.ts";
import { assert, assertEquals } from "../../assert.ts";
import { aRule, TestClocks } from "../../support/rule.ts";

const NOW = 1000;
const FAMILIES = new Set([4, 6] as const);

const key = fc.constantFrom("a", "b", "c", "d", "e", "f");
const rule = fc.record({
  key,
  expires: fc.integer({ min: NOW - 2, max: NOW + 4 }),
  value: fc.option(fc.constantFrom("x", "y"), { nil: undefined }),
  stray: fc.boolean(),
}).map(({ key, expires, value, stray }) =>
  aRule(key, expires, {
    ...(value === undefined ? {} : { value }),
    ...(stray ? { stray: true as const } : {}),
  })
);
const rules = fc.array(rule, { maxLength: 10 });
const found = fc.record({ rules, broken: fc.array(rule, { maxLength: 2 }) });

/** The rules of a firewall after the changes. It must hold the rules that they remove. */
function apply({ rules, broken }: Found, { add, replaced, remove }: Changes): Rule[] {
  const held = [...rules, ...broken];
  for (const rule of [...remove, ...replaced]) {
    const index = held.indexOf(rule);
    assert(index >= 0, "only rules in force can be removed");
    held.splice(index, 1);
  }
  return [...held, ...add];
}

function byKey(rules: readonly Rule[]): Map<string, Rule> {
  return new Map(rules.map((rule) => [rule.key, rule]));
}

/** One text per rule, sorted: rules with the same text are the same rule. */
function essence(rules: Iterable<Rule>): string[] {
  return Array.from(rules, ({ key, value, summary }) => `${key} ${value} ${summary.expires}`)
    .sort();
}

/** A ledger with these rules. */
function ledgerOf(rules: readonly Rule[]): Ledger {
  const ledger = new Ledger(new TestClocks());
  for (const rule of rules) ledger.add(rule);
  return ledger;
}

Deno.test("the changes turn any rules found into exactly the required ones", () => {
  fc.assert(fc.property(found, rules, (found, wanted) => {
    const required = byKey(wanted);
    const changes = reconcile(found, required);
    assertEquals(essence(apply(found, changes)), essence(required.values()));
    assertEquals(reconcile({ rules: apply(found, changes), broken: [] }, required), {
      add: [],
      replaced: [],
      remove: [],
    });
    assertEquals(apply(found, reconcile(found, NOTHING)), []);
  }));
});

Deno.test("a grant makes the same changes as a comparison with the whole ledger", () => {
  fc.assert(fc.property(rules, rules, (before, granted) => {
    const ledger = ledgerOf(before);
    const { add, present } = compareGrant(granted, ledger);
    const required = byKey([...add, ...present]);
    assertEquals(required.size, add.length + present.length);
    assertEquals(new Set(required.keys()), new Set(granted.map(({ key }) => key)));
    const standing = ledger.all();
    const whole = new Map([...byKey(standing), ...required]);
    const all = reconcile({ rules: standing, broken: [] }, whole);
    assertEquals(byKey(add), byKey(all.add));
    assertEquals([all.remove, all.add.length], [[], add.length]);
    assertEquals(all.replaced, all.add.flatMap(({ key }) => ledger.get(key) ?? []));
  }));
});

Deno.test("a grant never shortens a rule with the same value", () => {
  fc.assert(fc.property(rules, rules, (before, granted) => {
    const ledger = ledgerOf(before);
    const { add } = compareGrant(granted, ledger);
    for (const { key, value, summary } of add) {
      const known = ledger.get(key);
      if (known?.value === value) assert(summary.expires > (known?.summary.expires ?? 0));
    }
  }));
});

Deno.test("after a check the firewall holds the rules of the ledger, and the next check changes nothing", () => {
  const terms = fc.record({ intact: fc.boolean(), endsByItself: fc.boolean() });
  fc.assert(fc.property(found, rules, terms, (found, known, { intact, endsByItself }) => {
    const ledger = ledgerOf(known);
    const knowledge = { ledger, families: FAMILIES, now: NOW * 1000, longest: 2, endsByItself };
    const assessment = assess({ ...found, intact }, knowledge);
    const held = apply(found, reconcile(found, assessment.required));
    for (const rule of assessment.found) ledger.add(rule);
    for (const { key } of assessment.vanished) ledger.delete(key);

    assertEquals(
      new Set(held.map(({ key }) => key)).size,
      held.length,
      "no rule is in force twice",
    );
    for (const { key } of held) assert(ledger.get(key) !== undefined, "the ledger ends each rule");
    const standing = new Set(held.map(({ key }) => key));
    for (const { key, stray } of ledger.all()) {
      const isWanted = stray === undefined && ledger.left(key) > 0;
      assert(!isWanted || standing.has(key), "every granted rule is in force");
    }
    for (const { summary } of assessment.found) {
      assert(
        endsByItself || summary.expires <= NOW + 2,
        "no rule lasts longer than a grant that begins now",
      );
    }
    assertEquals(assess({ rules: held, broken: [], intact: true }, knowledge), {
      required: byKey(held),
      found: [],
      adopted: [],
      vanished: [],
    });
  }));
});

Deno.test("a missing rule is restored if the chain is gone too, and counts as vanished if it is not", () => {
  const granted = aRule("granted", NOW + 60);
  const knowledge = {
    families: FAMILIES,
    now: NOW * 1000,
    longest: 60,
    endsByItself: false,
  };
  const others = [
    aRule("over", NOW),
    aRule("retired", NOW + 60, { stray: true }),
  ];
  const look = (intact: boolean, families: ReadonlySet<4 | 6> = FAMILIES) => {
    const ledger = ledgerOf([granted, ...others]);
    return assess({ rules: [], broken: [], intact }, { ...knowledge, ledger, families });
  };
  assertEquals([...look(false).required.keys()], ["granted"]);
  assertEquals(look(false).vanished, []);
  assertEquals(look(true).required, NOTHING);
  assertEquals(look(true).vanished, [granted]);
  assertEquals(
    look(true, new Set([6])).vanished,
    [],
    "families that were not checked do not count",
  );
});

Deno.test("a rule that a predecessor held keeps its summary and is not reported as adopted", () => {
  const summary = { ...aRule("a", NOW + 60).summary, stanza: 7 };
  const assessment = assess({
    rules: [aRule("a", NOW + 60), aRule("b", NOW + 90), aRule("c", NOW - 1)],
    broken: [],
    intact: true,
  }, {
    ledger: ledgerOf([]),
    families: FAMILIES,
    now: NOW * 1000,
    longest: 30,
    endsByItself: false,
    inherited: new Map([["a", summary]]),
  });
  const cut = { ...aRule("b", NOW + 30), stray: true as const };
  assertEquals(assessment.found, [
    { ...aRule("a", NOW + 60), summary },
    cut,
    { ...aRule("c", NOW - 1), stray: true },
  ]);
  assertEquals(assessment.adopted, [{ ...cut.summary, key: cut.key }]);
});
