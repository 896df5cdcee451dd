import { assertEquals } from "../../assert.ts";
import type { Stanza } from "../../../lib/config/stanza.ts";
import { setColorEnabled } from "../../../lib/report/color.ts";
import { Trace } from "../../../lib/report/trace.ts";
import { describePacket } from "../../../lib/server/describe_packet.ts";
import { PacketProcessor } from "../../../lib/server/packet_processor.ts";
import { ReplayCache } from "../../../lib/server/replay_cache.ts";
import { datagram, seal } from "../../support/packet.ts";
import { aStanza, NO_NAT } from "../../support/stanza.ts";

const NOW = 1_800_000_000;
const OTHER_HMAC = { key: new TextEncoder().encode("hmackey2"), type: "sha256" } as const;

function trace(stanzas: readonly Stanza[], ...payloads: readonly string[]): string[] {
  setColorEnabled(false);
  const lines: string[] = [];
  const processor = new PacketProcessor({
    stanzas,
    policy: { maxAge: 120, http: undefined, nat: NO_NAT, destinationRule: false, testMode: true },
    replay: new ReplayCache({ window: 120 }),
    now: () => NOW,
    observe: new Trace((line) => lines.push(line), () => NOW).observe,
    act: () => {},
  });
  for (const [index, payload] of payloads.entries()) {
    processor.process(datagram(payload), index + 1);
  }
  return lines;
}

Deno.test("the trace of an old packet shows the passed steps, the failed step, by how much it failed, and what to do", () => {
  const { packetText } = seal({}, { time: NOW - 7205 });
  assertEquals(trace([aStanza()], packetText), [
    "packet 1: 192.0.2.9 port 53992 → 198.51.100.7 port 62201, 204 bytes",
    "  ✓ screen         looks like SPA",
    "  ✓ source         a stanza takes packets from this address",
    "  ✓ seen           not seen before",
    "  ✓ authenticate   stanza 1: HMAC and key are right",
    "                   alice asks for 192.0.2.44,tcp/22, sent 7205 s ago",
    "  ✗ authorize      stanza 1: timestamp 7205 s old, limit 120 s",
    "                   is the client's clock right?",
  ]);
});

Deno.test("the trace of a junk packet names the step that it did not pass", () => {
  const lines = trace([aStanza()], "A".repeat(204), "no SPA at all");
  assertEquals(lines.filter((line) => line.includes("✗")), [
    "  ✗ authenticate   stanza 1: the HMAC does not match the stanza's key",
    "  ✗ screen         not an SPA packet: Data is not a valid SPA message format",
  ]);
});

Deno.test("in test mode the trace says what the server would have opened", () => {
  const lines = trace([aStanza()], seal({}, { time: NOW }).packetText);
  assertEquals(lines.slice(-2), [
    "  ✓ act            stanza 1: everything is right; --test changes nothing " +
    "(would open tcp/22 for 192.0.2.44 for 30 s)",
    "                   run without -t to open it",
  ]);
});

Deno.test("the trace of a good knock shows the stanza that took it, and earlier stanzas are not failures", () => {
  const other = { key: new TextEncoder().encode("another key"), type: "sha256" } as const;
  const stanzas = [1, 2, 3, 4, 5].map((number) =>
    aStanza(number === 3 ? { number } : { number, hmac: other })
  );
  const { packetText } = seal({}, { time: NOW });
  assertEquals(trace(stanzas, packetText), [
    "packet 1: 192.0.2.9 port 53992 → 198.51.100.7 port 62201, 204 bytes",
    "  ✓ screen         looks like SPA",
    "  ✓ source         a stanza takes packets from this address",
    "  ✓ seen           not seen before",
    "  · authenticate   stanzas 1 and 2: the packet is not theirs",
    "  ✓ authenticate   stanza 3: HMAC and key are right",
    "                   alice asks for 192.0.2.44,tcp/22, sent 0 s ago",
    "  ✓ act            stanza 3: everything is right; --test changes nothing " +
    "(would open tcp/22 for 192.0.2.44 for 30 s)",
    "                   run without -t to open it",
  ]);
});

Deno.test("after a refusal by policy the trace continues only with a stanza of the same keys", () => {
  const other = { key: new TextEncoder().encode("another key"), type: "sha256" } as const;
  const stanzas = [
    aStanza({ number: 1, requireUsername: "bob" }),
    aStanza({ number: 2, hmac: other }),
    aStanza({ number: 3 }),
  ];
  const marked = trace(stanzas, seal({}, { time: NOW }).packetText)
    .filter((line) => /^ {2}[✓✗·] (?:auth|act)/.test(line)).map((line) => line.slice(0, 30).trim());
  assertEquals(marked, [
    "✓ authenticate   stanza 1: H",
    "✗ authorize      stanza 1: u",
    "✓ authenticate   stanza 3: H",
    "✓ act            stanza 3: e",
  ]);
});

Deno.test("on a terminal the trace wraps long lines at blanks, below the text of their step", () => {
  setColorEnabled(false);
  const lines: string[] = [];
  const { observe } = new Trace((line) => lines.push(line), () => NOW, () => 64);
  const packet = { ...describePacket(datagram(""), 1), length: 204 };
  observe({
    kind: "refused",
    refusal: { step: "authenticate", code: "hmac-mismatch", packet, stanzas: [1], facts: {} },
  });
  assertEquals(lines.slice(4), [
    "  ✗ authenticate   stanza 1: the HMAC does not match the",
    "                   stanza's key",
    "                   is HMAC_KEY_BASE64 the same at both ends, and",
    "                   does the client use HMAC_DIGEST_TYPE's",
    "                   digest?",
  ]);
});

Deno.test("the trace shows the name of a stanza beside its number", () => {
  const named = [aStanza({ name: "alice" }), aStanza({ number: 2, hmac: OTHER_HMAC, name: "bob" })];
  assertEquals(
    trace(named, "A".repeat(204), seal({}, { time: NOW }).packetText)
      .filter((line) => line.includes("stanza") && !line.includes("takes packets")),
    [
      "  ✗ authenticate   stanzas 1 (alice) and 2 (bob): the HMAC does not match the stanza's key",
      "  ✓ authenticate   stanza 1 (alice): HMAC and key are right",
      "  ✓ act            stanza 1 (alice): everything is right; --test changes nothing " +
      "(would open tcp/22 for 192.0.2.44 for 30 s)",
    ],
  );
});
