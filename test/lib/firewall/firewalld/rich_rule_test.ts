import fc from "property-testing";
import {
  isOwnRichRule,
  parseRichRule,
  RICH_MARKER,
  type RichRule,
  richRuleText,
} from "../../../../lib/firewall/firewalld/rich_rule.ts";
import { assert, assertEquals } from "../../../assert.ts";

const port = fc.integer({ min: 1, max: 65535 });
const plain = { noNullPrototype: true };
const protocol = fc.constantFrom("tcp" as const, "udp" as const);
const service = fc.record({ protocol, port }, plain);

function richRule(family: 4 | 6): fc.Arbitrary<RichRule> {
  const host = family === 4
    ? fc.ipV4().filter((text) => !/(^|\.)0[0-9]/.test(text))
    : fc.integer({ min: 1, max: 0xffff }).map((number) => `2001:db8::${number.toString(16)}`);
  const element = fc.oneof(
    fc.record({ kind: fc.constant("port" as const), service }, plain),
    fc.record({
      kind: fc.constant("forward-port" as const),
      service,
      to: fc.record({ address: host, port }, plain),
    }, plain),
    fc.constant({ kind: "masquerade" as const }),
  );
  return fc.record({
    family: fc.constant(family),
    source: host,
    destination: host,
    element,
    expires: fc.integer({ min: 0, max: 99_999_999_999 }),
    stanza: fc.integer({ min: 1, max: 999_999_999 }),
  }, { ...plain, requiredKeys: ["family", "source", "element", "expires"] });
}

Deno.test("a rich rule is read back as it was written, and recognised as ours", () => {
  fc.assert(fc.property(fc.oneof(richRule(4), richRule(6)), (rule) => {
    const text = richRuleText(rule);
    assertEquals(parseRichRule(text), rule);
    assert(isOwnRichRule(text));
  }));
});

Deno.test("a rich rule with any change is not a rule of our forms", () => {
  fc.assert(
    fc.property(richRule(4), fc.nat(), fc.constantFrom('"', " ", "x", "0"), (rule, at, more) => {
      const text = richRuleText(rule);
      const index = at % (text.length + 1);
      const changed = text.slice(0, index) + more + text.slice(index);
      const parsed = parseRichRule(changed);
      // An added digit may make another number; then the rule must have that number everywhere.
      if (parsed !== undefined) assertEquals(richRuleText(parsed), changed);
    }),
  );
});

Deno.test("rich rules of other programs are not ours, whatever they log", () => {
  for (
    const text of [
      'rule family="ipv4" source address="192.0.2.1" port port="22" protocol="tcp" accept',
      'rule family="ipv4" source address="192.0.2.1" log prefix="_exp_12" accept',
      'rule priority="-6201" family="ipv4" source address="192.0.2.1" accept',
    ]
  ) assert(!isOwnRichRule(text), text);
  assert(isOwnRichRule(RICH_MARKER));
  assertEquals(parseRichRule(RICH_MARKER), undefined);
});
