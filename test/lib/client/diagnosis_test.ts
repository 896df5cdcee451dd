import { type KnockFacts, suspects } from "../../../lib/client/diagnosis.ts";
import { type Address, parseAddress } from "../../../lib/net/address.ts";
import { assert, assertEquals, assertMatch } from "../../assert.ts";

const NOW = Date.UTC(2027, 0, 2, 3, 4, 5) / 1000;

function facts(changes: Partial<KnockFacts> & { readonly to?: string } = {}): KnockFacts {
  const { to = "203.0.113.1", ...rest } = changes;
  const server = address(to);
  return {
    clock: { now: NOW, isKept: undefined },
    released: NOW - 1000,
    timeOffset: 0,
    admitted: "198.51.100.7",
    server,
    hasHmac: true,
    transport: "udp",
    port: 62201,
    access: "tcp/22",
    ...rest,
  };
}

function address(text: string): Address {
  const parsed = parseAddress(text);
  assert(parsed !== undefined);
  return parsed;
}

function order(changes: Parameters<typeof facts>[0] = {}): string {
  return suspects(facts(changes)).map(({ kind }) => kind).join(" ");
}

Deno.test("the client lists every explanation, the likeliest first by its own facts", () => {
  assertEquals(order(), "server address keys rights clock filter");
  const [kept, free] = [true, false].map((isKept) => ({ clock: { now: NOW, isKept } }));
  // Without a cause the clock is not in the list.
  assertEquals(order(kept), "server address keys rights filter");
  assertEquals(order(free), "server address keys rights clock filter");
  assertEquals(order({ ...kept, hasHmac: false }), "server keys address rights filter");
  assertEquals(order({ ...kept, timeOffset: -3600 }), "clock server address keys rights filter");
  for (const admitted of ["0.0.0.0", "::"]) {
    assertEquals(order({ ...kept, admitted }), "server keys address rights filter", admitted);
  }
});

Deno.test("the client does not advise what the user has done already", () => {
  const advice = (changes: Parameters<typeof facts>[0]) =>
    suspects(facts(changes)).map(({ next }) => next).join("\n");
  const looked = { resolvedBy: "https://ip.example/" };
  for (const admitted of ["198.51.100.7", "192.168.1.5"]) {
    assertMatch(advice({ admitted }), /use -R/);
    const resolved = advice({ admitted, ...looked });
    assert(!/use -R/.test(resolved), resolved);
  }
  assertMatch(advice({ transport: "udp" }), /-P tcp if it has ENABLE_TCP_SERVER/);
  for (const transport of ["tcp", "http"] as const) {
    const advised = advice({ transport });
    assert(!/-P |-p /.test(advised), advised);
  }
});

Deno.test("a private address in a request to a public server is the first explanation", () => {
  const [first] = suspects(facts({ admitted: "192.168.1.5", clock: { now: NOW, isKept: false } }));
  assertEquals([first?.kind, first?.next], ["address", "use -R"]);
  assertMatch(first?.text ?? "", /192\.168\.1\.5, which it never sees/);
  assertEquals(
    order({ admitted: "192.168.1.5", to: "10.0.0.1" }),
    "server address keys rights clock filter",
  );
});

Deno.test("an address that this host does not use on its route to the server is the first explanation", () => {
  const own = (source: string, ...others: string[]) => ({
    source: address(source),
    all: [source, ...others].map(address),
  });
  const first = (admitted: string, to: string, addresses: ReturnType<typeof own>) => {
    const [first] = suspects(facts({ admitted, to, own: addresses }));
    return first?.kind === "address" ? `${first.text}; ${first.next}` : first?.kind;
  };
  assertEquals(
    first("fd77::2", "fd77::1", own("fd77::3", "fd77::2")),
    "the address: the server was asked to admit fd77::2, and this host reaches it from fd77::3; " +
      "use -a fd77::3",
  );
  const others: readonly Parameters<typeof first>[] = [
    // It is of the same kind, but does not belong to this host.
    ["10.0.0.9", "10.0.0.1", own("10.0.0.2")],
    ["198.51.100.9", "203.0.113.1", own("198.51.100.7")],
    // It belongs to this host, but is of another kind.
    ["198.51.100.9", "10.0.0.1", own("10.0.0.2", "198.51.100.9")],
  ];
  for (const [admitted, to, addresses] of others) {
    const text = `admit ${admitted}, and this host reaches it from ${addresses.source.text};`;
    assert(first(admitted, to, addresses)?.includes(text), admitted);
  }
  // The correct one, and one that an address translation may give this host.
  assertEquals(first("198.51.100.7", "203.0.113.1", own("198.51.100.7")), "server");
  assertEquals(first("198.51.100.9", "203.0.113.1", own("192.168.1.5")), "server");
});

Deno.test("a clock that shows a time before the release of this program is certainly wrong", () => {
  const [first] = suspects(facts({ admitted: "10.0.0.2", released: NOW + 1 }));
  assertEquals([first?.kind, first?.isCertain], ["clock", true]);
  assertMatch(first?.text ?? "", /2027-01-02 03:04:05 UTC, before this program was made/);
});
