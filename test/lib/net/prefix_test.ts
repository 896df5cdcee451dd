import { assert, assertEquals } from "../../assert.ts";
import fc from "property-testing";
import { addressFromBytes, parseAddress } from "../../../lib/net/address.ts";
import { formatPrefix, parsePrefix, prefixContains } from "../../../lib/net/prefix.ts";
import { Address4, Address6 } from "address-oracle";
import { addressBytes } from "../../support/address_arbitrary.ts";

function canonical(text: string): string | undefined {
  const prefix = parsePrefix(text);
  return prefix === undefined ? undefined : formatPrefix(prefix);
}

function contains(prefixText: string, addressText: string): boolean {
  const prefix = parsePrefix(prefixText);
  const address = parseAddress(addressText);
  assert(prefix !== undefined && address !== undefined);
  return prefixContains(prefix, address);
}

/** The bits of an address, as a text of zeros and ones. */
function bits(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
}

Deno.test("a prefix loses its host bits, and a single address its length", () => {
  const forms: Record<string, string> = {
    "192.0.2.77": "192.0.2.77",
    "192.0.2.77/32": "192.0.2.77",
    "192.0.2.77/24": "192.0.2.0/24",
    "192.0.2.77/255.255.255.0": "192.0.2.0/24",
    "192.0.2.77/255.255.255.255": "192.0.2.77",
    "192.0.2.77/128.0.0.0": "128.0.0.0/1",
    "2001:db8::7:1/112": "2001:db8::7:0/112",
    "2001:db8::7/128": "2001:db8::7",
    "ff::/1": "::/1",
  };
  for (const [text, form] of Object.entries(forms)) assertEquals(canonical(text), form, text);
});

Deno.test("a text that is not a prefix has no value, /0 included", () => {
  const refused = [
    "",
    "any",
    "192.0.2.0/0",
    "::/0",
    "192.0.2.0/0.0.0.0",
    "192.0.2.0/33",
    "2001:db8::/129",
    "192.0.2.0/",
    "192.0.2.0/024",
    "192.0.2.0/24/8",
    "192.0.2.0/255.0.255.0",
    "192.0.2.0/0.0.0.255",
    "192.0.2.0/ffff::",
    "2001:db8::/255.255.255.0",
    "192.0.2.0/-1",
    "192.0.2.0/24 ",
    "192.0.2/24",
    "/24",
  ];
  for (const text of refused) assertEquals(canonical(text), undefined, text);
});

Deno.test("the length after an IPv4-mapped address counts all 128 bits", () => {
  assertEquals(canonical("::ffff:192.0.2.77"), "192.0.2.77");
  assertEquals(canonical("::ffff:192.0.2.77/128"), "192.0.2.77");
  assertEquals(canonical("::ffff:192.0.2.77/120"), "192.0.2.0/24");
  // Read as 24 bits of IPv4 this would be a network that the text does not mean.
  assertEquals(canonical("::ffff:192.0.2.77/24"), undefined);
  assertEquals(canonical("::ffff:192.0.2.77/96"), undefined);
  assertEquals(canonical("::ffff:192.0.2.77/255.255.255.0"), undefined);
});

Deno.test("a prefix contains the addresses that share its bits, and no others", () => {
  const pair = fc.oneof(
    fc.record({ address: fc.ipV4(), other: fc.ipV4(), length: fc.integer({ min: 1, max: 32 }) }),
    fc.record({ address: fc.ipV6(), other: fc.ipV6(), length: fc.integer({ min: 1, max: 128 }) }),
    // Neighbours: they differ only in late bits.
    fc.record({
      address: fc.nat(255).map((last) => `10.0.0.${last}`),
      other: fc.nat(255).map((last) => `10.0.0.${last}`),
      length: fc.integer({ min: 20, max: 32 }),
    }),
  );
  fc.assert(
    fc.property(pair, ({ address, other, length }) => {
      const [first, second] = [parseAddress(address), parseAddress(other)];
      assert(first !== undefined && second !== undefined);
      if (first.family !== second.family || first.family === 4 && length > 32) return;
      const expected = bits(first.bytes).slice(0, length) === bits(second.bytes).slice(0, length);
      assertEquals(contains(`${first.text}/${length}`, second.text), expected);
      assert(contains(`${first.text}/${length}`, first.text));
    }),
    { numRuns: 500 },
  );
});

Deno.test("a prefix never contains an address of the other family", () => {
  assertEquals(contains("0.0.0.0/1", "::"), false);
  assertEquals(contains("::/1", "0.0.0.0"), false);
  assertEquals(contains("192.0.2.0/24", "::ffff:192.0.2.9"), true);
});

Deno.test("the text of a prefix parses to the same prefix", () => {
  const text = fc.tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.integer({ min: 1, max: 128 }));
  fc.assert(fc.property(text, ([address, length]) => {
    const prefix = parsePrefix(`${address}/${length}`);
    if (prefix !== undefined) assertEquals(parsePrefix(formatPrefix(prefix)), prefix);
  }));
});

Deno.test("another library finds the same addresses in a prefix, and clears the same bits", () => {
  const near = fc.tuple(addressBytes, addressBytes, fc.nat(128), fc.integer({ min: 1, max: 128 }))
    .filter(([bytes, other, , length]) =>
      bytes.length === other.length && length <= bytes.length * 8
    )
    // The other address shares some of the leading bits, so that both answers occur.
    .map(([bytes, other, shared, length]) => ({
      address: addressFromBytes(bytes),
      other: addressFromBytes(
        other.map((byte, index) => (index < shared >> 3 ? bytes[index] : byte) ?? 0),
      ),
      length,
    }));
  fc.assert(
    fc.property(near, ({ address, other, length }) => {
      if (length > address.bytes.length * 8 || address.family !== other.family) return;
      const prefix = parsePrefix(`${address.text}/${length}`);
      const theirs = address.family === 4
        ? new Address4(`${address.text}/${length}`)
        : new Address6(`${address.text}/${length}`);
      assert(prefix !== undefined);
      assertEquals(prefix.network, parseAddress(theirs.startAddress().correctForm()));
      const expected = other.family === 4
        ? new Address4(other.text).isInSubnet(theirs as Address4)
        : new Address6(other.text).isInSubnet(theirs as Address6);
      assertEquals(prefixContains(prefix, other), expected, `${other.text} in ${theirs.address}`);
    }),
    { numRuns: 1000 },
  );
});
