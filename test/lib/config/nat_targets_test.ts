import { assert, assertEquals } from "../../assert.ts";
import fc from "property-testing";
import {
  allowsInside,
  allowsLocal,
  formatNatTargets,
  type NatTargetItem,
  type NatTargets,
  parseNatTargets,
} from "../../../lib/config/nat_targets.ts";
import { addressFromBytes } from "../../../lib/net/address.ts";
import { formatPrefix, parsePrefix } from "../../../lib/net/prefix.ts";
import { formatService, parseService, type Service } from "../../../lib/net/service.ts";
import { anAddress } from "../../support/address.ts";

const service: fc.Arbitrary<Service> = fc.record({
  protocol: fc.constantFrom("tcp" as const, "udp" as const),
  port: fc.integer({ min: 1, max: 65535 }),
}, { noNullPrototype: true });
const address = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 4 }),
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
).map(addressFromBytes);
const place: fc.Arbitrary<NatTargetItem["place"]> = fc.oneof(
  fc.constantFrom("local" as const, "any" as const),
  fc.tuple(address, fc.integer({ min: 1, max: 32 }))
    .map(([{ text }, length]) => parsePrefix(`${text}/${length}`))
    .filter((prefix) => prefix !== undefined),
);
const item: fc.Arbitrary<NatTargetItem> = fc.record({
  place,
  services: fc.oneof(
    fc.constant("any" as const),
    fc.array(service, { minLength: 1, maxLength: 4 }),
  ),
}, { noNullPrototype: true });
const list: fc.Arbitrary<NatTargets> = fc.array(item, { minLength: 1, maxLength: 5 });
/** Words of the grammar in any order, and some that are near it. */
const nearly = fc.array(
  fc.constantFrom(
    ..."local any LOCAL loca 10.0.0.1 10.0.0.0/8 10.0.0.0/0 2001:db8::/32 tcp/22 udp/53 tcp/0 tcp/22-25"
      .split(" "),
    ...[",", " , ", ",,", "#", "/", "\t"],
  ),
  { maxLength: 8 },
).map((words) => words.join(" "));

function parse(text: string): NatTargets {
  const { value, error } = parseNatTargets(text);
  assert(value !== undefined, `${text}: ${error?.hint}`);
  return value;
}

function tcp(port: number): Service {
  return { protocol: "tcp", port };
}

Deno.test("a list of NAT targets is formatted to a text that parses to the same list", () => {
  fc.assert(fc.property(list, (targets) => {
    assertEquals(parse(formatNatTargets(targets)), targets);
  }));
});

Deno.test("blanks and capitals make no difference to a list of NAT targets", () => {
  fc.assert(fc.property(list, fc.constantFrom(" ", "\t", "  "), (targets, blank) => {
    const loose = formatNatTargets(targets).toUpperCase()
      .replaceAll(", ", `${blank},${blank}`).replaceAll(" ", blank);
    assertEquals(parse(`${blank}${loose}${blank}`), targets);
  }));
});

Deno.test("any text of NAT targets is read whole, or the error names the position of the fault", () => {
  fc.assert(fc.property(fc.oneof(nearly, fc.string()), (text) => {
    const { value, error } = parseNatTargets(text);
    if (error !== undefined) {
      const offset = error.offset ?? 0;
      assert(offset >= 0 && offset <= text.length, `${offset} of ${text.length}`);
      return;
    }
    // Nothing was left out: the text has exactly the words that were parsed.
    const words = (from: string): string[] => from.toLowerCase().split(/[\s,]+/).filter(Boolean);
    assertEquals(
      words(text).map((word) => {
        const prefix = parsePrefix(word);
        const known = parseService(word);
        return prefix ? formatPrefix(prefix) : known ? formatService(known) : word;
      }),
      words(formatNatTargets(value)),
    );
  }));
});

Deno.test("an inside host is allowed by exactly the items that contain it and the service", () => {
  fc.assert(fc.property(list, address, service, (targets, host, asked) => {
    const bits = (bytes: Uint8Array): string =>
      Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
    const expected = targets.some((item) => {
      const { place, services } = item;
      if (place === "local") return false;
      const holds = place === "any" || (place.family === host.family &&
        bits(place.network.bytes).slice(0, place.length) ===
          bits(host.bytes).slice(0, place.length));
      return holds &&
        (services === "any" || services.map(formatService).includes(formatService(asked)));
    });
    assertEquals(allowsInside(targets, host, asked), expected);
  }));
});

Deno.test("local, networks and any are separate words, each with its services", () => {
  const targets = parse(
    "local tcp/22, 192.168.1.0/24 tcp/3389 udp/53, 2001:db8::31 any, any tcp/443",
  );
  assert(allowsLocal(targets, tcp(22)));
  assert(!allowsLocal(targets, tcp(443)), "any is every inside host, and not this one");
  assert(!allowsLocal(targets, { protocol: "udp", port: 22 }));
  assert(allowsInside(targets, anAddress("192.168.1.9"), tcp(3389)));
  assert(allowsInside(targets, anAddress("192.168.1.9"), { protocol: "udp", port: 53 }));
  assert(allowsInside(targets, anAddress("2001:db8::31"), tcp(1)));
  assert(allowsInside(targets, anAddress("10.0.0.1"), tcp(443)));
  assert(!allowsInside(targets, anAddress("192.168.1.9"), tcp(22)), "22 is for this host only");
  assert(!allowsInside(targets, anAddress("192.168.2.9"), tcp(3389)));
  assert(!allowsInside(targets, anAddress("2001:db8::32"), tcp(1)));
});

Deno.test("a bad list of NAT targets is an error at its position, with a hint", () => {
  const hints: Record<string, [offset: number, hint: RegExp]> = {
    "": [0, /item between the commas is missing/],
    "local tcp/22,": [13, /item between the commas is missing/],
    "tcp/22": [0, /local tcp\/22/],
    "local": [0, /local tcp\/22/],
    "loca tcp/22": [0, /Did you mean local\?/],
    "desk tcp/22": [0, /names are not looked up/],
    "local tcp/22 10.0.0.1 tcp/80": [13, /Put a comma before it/],
    "local tcp/22, 10.0.0.0/0 any": [14, /from 1 on/],
    "local tcp/22-30": [6, /Ranges are not possible/],
    "local tcp/22 any": [13, /Put a comma before it/],
    "local ssh": [6, /tcp\/22/],
    "local tcp/22 # ssh": [13, /comment/],
  };
  for (const [text, [offset, hint]] of Object.entries(hints)) {
    const { error } = parseNatTargets(text);
    assert(error !== undefined, text);
    assertEquals([text, error.offset], [text, offset]);
    assert(hint.test(error.hint ?? ""), `${text}: ${error.hint}`);
  }
});
