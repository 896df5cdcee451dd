import fc from "property-testing";
import { assert, assertEquals } from "../../assert.ts";
import type { Datagram } from "../../../lib/capture/datagram.ts";
import type { Stanza } from "../../../lib/config/stanza.ts";
import { textBytes } from "../../../lib/crypto/bytes.ts";
import { parsePrefix } from "../../../lib/net/prefix.ts";
import type { PacketEvent } from "../../../lib/server/event.ts";
import { PacketProcessor } from "../../../lib/server/packet_processor.ts";
import { Prefilter } from "../../../lib/server/prefilter.ts";
import { RepeatFilter } from "../../../lib/server/repeat_filter.ts";
import { ReplayCache } from "../../../lib/server/replay_cache.ts";
import { encodeHttpRequest } from "../../../lib/spa/http.ts";
import { datagram, seal } from "../../support/packet.ts";
import { aStanza, NO_NAT } from "../../support/stanza.ts";

const NOW = 1_800_000_000;

/** A processor behind the filter of repeated refusals, with or without a prefilter before it. */
function server(stanzas: readonly Stanza[], hasPrefilter: boolean) {
  const opened: string[] = [];
  const events: PacketEvent[] = [];
  const filter = new RepeatFilter((event) => events.push(event), () => NOW);
  const http = { anyUserAgent: false, forwardedFor: false };
  const processor = new PacketProcessor({
    stanzas,
    policy: { maxAge: 120, http, nat: NO_NAT, destinationRule: false, testMode: false },
    replay: new ReplayCache({ window: 120 }),
    now: () => NOW,
    observe: (event) => {
      if (event.kind !== "refused" || event.refusal.elsewhere !== true) filter.observe(event);
    },
    act: (decision, { source }) => opened.push(`${source} #${decision.stanza}`),
  });
  const prefilter = hasPrefilter ? new Prefilter({ stanzas, http, repeats: filter }) : undefined;
  let whole = 0;
  return {
    opened,
    take: (packet: Datagram) => {
      if (prefilter?.passes(packet) === false) return;
      whole++;
      processor.process(packet, whole);
    },
    get whole() {
      return whole;
    },
    /**
     * The first refusals by source and code, and the number of refusals by source. A replay to a stanza that does not
     * list its source is a packet without a key like any other once there was one.
     */
    report: () => {
      filter.flush(NOW, true);
      const first: string[] = [];
      const counts: Record<string, number> = {};
      for (const event of events) {
        if (event.kind !== "refused" && event.kind !== "repeated") continue;
        const { refusal } = event;
        if (refusal === undefined) continue;
        const { packet: { source }, code } = refusal;
        counts[source] = (counts[source] ?? 0) + (event.kind === "repeated" ? event.count : 1);
        if (event.kind === "refused" && code !== "replay") {
          first.push(`${source} ${code} ${refusal.stanzas}`);
        }
      }
      return { first, counts };
    },
  };
}

const NETWORK = parsePrefix("192.0.2.0/24");
const hmacOf = (key: string) => ({ key: textBytes(key), type: "sha256" as const });

/** Stanzas that differ in SOURCE and keys. All have an HMAC. */
const someStanzas = fc.array(
  fc.record({
    source: fc.constantFrom("any" as const, NETWORK === undefined ? "any" as const : [NETWORK]),
    key: fc.constantFrom("hmackey1", "hmackey2", "hmackey3"),
  }),
  { minLength: 1, maxLength: 4 },
).map((drafts) =>
  drafts.map(({ source, key }, index) => aStanza({ number: index + 1, source, hmac: hmacOf(key) }))
);

const PACKETS = ["hmackey1", "hmackey2", "unknown"].map((key) =>
  seal({ message: "0.0.0.0,tcp/22" }, { time: NOW, hmac: hmacOf(key) }).packetText
);
const PAYLOADS = [
  ...PACKETS,
  ...PACKETS.map((text) => encodeHttpRequest(text, { host: "server.example" })),
  `${(PACKETS[0] ?? "").slice(0, -1)}A`,
  "A".repeat(210),
  "A".repeat(600),
  "=".repeat(210),
  "too short",
  "A".repeat(1501),
];

const somePackets = fc.array(
  fc.record({
    payload: fc.constantFrom(...PAYLOADS),
    source: fc.constantFrom("192.0.2.9", "192.0.2.10", "198.51.100.9", "2001:db8::9"),
  }),
  { maxLength: 40 },
);

Deno.test("with the prefilter, the same packets open something and the same refusals are reported", () => {
  fc.assert(
    fc.property(someStanzas, somePackets, (stanzas, packets) => {
      const [plain, filtered] = [server(stanzas, false), server(stanzas, true)];
      for (const { payload, source } of packets) {
        plain.take(datagram(payload, source));
        filtered.take(datagram(payload, source));
      }
      assertEquals(filtered.opened, plain.opened);
      assertEquals(filtered.report(), plain.report());
      assert(filtered.whole <= plain.whole);
    }),
    { numRuns: 300 },
  );
});

Deno.test("a stanza without HMAC lets the packets of its sources pass, and no others", () => {
  const { hmac: _, ...open } = aStanza({
    number: 2,
    source: NETWORK === undefined ? "any" : [NETWORK],
  });
  const taken = server([aStanza(), open], true);
  for (let count = 0; count < 5; count++) {
    taken.take(datagram("A".repeat(210), "192.0.2.9"));
    taken.take(datagram("A".repeat(210), "198.51.100.9"));
  }
  assertEquals(taken.whole, 5 + 1);
});

Deno.test("the prefilter lets every packet that a key made pass, whatever that source sent before", () => {
  const prefilter = new Prefilter({
    stanzas: [aStanza()],
    http: undefined,
    repeats: { count: () => true },
  });
  assert(prefilter.passes(datagram(seal().packetText)));
  assert(!prefilter.passes(datagram("A".repeat(210))));
});
