import * as fc from "property-testing";
import { parseRulesetChanges } from "../../../lib/firewall/ruleset_change.ts";
import { assert, assertEquals } from "../../assert.ts";
import { bytes } from "../../support/frames.ts";

/** A message of nf_tables as in linux/netfilter/nfnetlink.h: `NFT_MSG_…`, the family, texts by attribute. */
function message(type: number, family: number, texts: Record<number, string>): Uint8Array {
  const attributes = Object.entries(texts).map(([number, text]) => {
    const value = new TextEncoder().encode(`${text}\0`);
    const attribute = new Uint8Array((4 + value.length + 3) & ~3);
    new Uint16Array(attribute.buffer, 0, 2).set([4 + value.length, Number(number)]);
    attribute.set(value, 4);
    return attribute;
  });
  const head = new DataView(new ArrayBuffer(20));
  const body = bytes(...attributes);
  head.setUint32(0, 20 + body.length, true);
  head.setUint16(4, 10 << 8 | type, true);
  head.setUint8(16, family);
  return bytes(new Uint8Array(head.buffer), body);
}

Deno.test("each created or deleted table, chain, rule, set and element is parsed with its table and name", () => {
  const batch = bytes(
    message(2, 1, { 1: "fwknop" }),
    message(6, 2, { 1: "filter", 2: "FWKNOP_INPUT" }),
    message(5, 10, { 1: "filter", 3: "INPUT" }),
    message(14, 1, { 1: "fwknop", 2: "protected" }),
    message(15, 0, {}),
  );
  assertEquals(parseRulesetChanges(batch), [
    { what: "table", isDeleted: true, family: "inet", table: "fwknop", name: "" },
    { what: "rule", isDeleted: false, family: "ip", table: "filter", name: "FWKNOP_INPUT" },
    { what: "chain", isDeleted: true, family: "ip6", table: "filter", name: "INPUT" },
    { what: "element", isDeleted: true, family: "inet", table: "fwknop", name: "protected" },
  ]);
});

Deno.test("messages of other kinds are skipped, and parsing ends for any bytes", () => {
  const whole = bytes(message(2, 1, { 1: "fwknop" }), message(8, 2, { 1: "filter", 2: "INPUT" }));
  const link = whole.slice();
  new DataView(link.buffer).setUint16(4, 16, true);
  assertEquals(parseRulesetChanges(link).length, 1);
  const damaged = fc.tuple(fc.nat(whole.length), fc.nat(whole.length - 1), fc.nat(255))
    .map(([length, index, value]) => {
      const batch = whole.slice();
      batch[index] = value;
      return batch.subarray(0, length);
    });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), damaged), (batch) => {
      assert(parseRulesetChanges(batch).length <= 5, "a message has at least 20 bytes");
    }),
    { numRuns: 2000 },
  );
});
