import { assert, assertEquals, assertMatch } from "../../assert.ts";
import type { Stanza } from "../../../lib/config/stanza.ts";
import type { LogLine } from "../../../lib/report/log_line.ts";
import { parsePrefix } from "../../../lib/net/prefix.ts";
import { eventObject } from "../../../lib/report/json_reporter.ts";
import { LineReporter } from "../../../lib/report/line_reporter.ts";
import { refusalLines } from "../../../lib/report/refusal_line.ts";
import type { PacketEvent } from "../../../lib/server/event.ts";
import { PacketProcessor } from "../../../lib/server/packet_processor.ts";
import { ReplayCache } from "../../../lib/server/replay_cache.ts";
import { datagram, seal } from "../../support/packet.ts";
import { aStanza, NO_NAT } from "../../support/stanza.ts";

const NOW = 1_800_000_000;

function processor(stanzas: readonly Stanza[], reported: PacketEvent[]): PacketProcessor {
  return new PacketProcessor({
    stanzas,
    policy: { maxAge: 120, http: undefined, nat: NO_NAT, destinationRule: false, testMode: false },
    replay: new ReplayCache({ window: 120 }),
    now: () => NOW,
    observe: (event) => reported.push(event),
    act: () => {},
  });
}

/** The log lines of a server with one stanza for these payloads. */
function events(...payloads: readonly string[]): PacketEvent[] {
  const reported: PacketEvent[] = [];
  const server = processor([aStanza()], reported);
  for (const [index, payload] of payloads.entries()) {
    server.process(datagram(payload), index + 1);
  }
  return reported;
}

Deno.test("a packet that is not SPA causes a debug line in the C daemon's words, and a wrong HMAC causes a warning", () => {
  const lines = events("no SPA at all", "A".repeat(204)).flatMap((event) =>
    event.kind === "refused" ? refusalLines(event.refusal) : []
  );
  assertEquals(lines, [
    {
      severity: "debug",
      text: "[192.0.2.9] preprocess_spa_data() returned error 4096: " +
        "'Data is not a valid SPA message format' for incoming packet.",
    },
    {
      severity: "warning",
      text: "[192.0.2.9] (stanza #1) Error creating fko context: " +
        "Args contain invalid data: FKO_ERROR_INVALID_DATA_HMAC_COMPAREFAIL: the HMAC does not match the stanza's key",
    },
  ]);
});

Deno.test("a packet with the right keys is reported with its source and its stanza", () => {
  const lines: string[] = [];
  const reporter = new LineReporter(({ severity, text }) => lines.push(`${severity}: ${text}`), {
    dumpFields: false,
    everyStanza: false,
  });
  for (const event of events(seal({}, { time: NOW }).packetText)) reporter.observe(event);
  assertEquals(lines, [
    "info: (stanza #1) SPA Packet from IP: 192.0.2.9 received with access source match",
  ]);
});

Deno.test("a packet that hundreds of stanzas refuse causes one line, unless every stanza is wanted", () => {
  const [event] = events("A".repeat(204));
  assert(event?.kind === "refused");
  const stanzas = Array.from({ length: 300 }, (_, index) => index + 1);
  const refusal = { ...event.refusal, stanzas };
  assertEquals(refusalLines(refusal).map(({ text }) => text), [
    "[192.0.2.9] (300 stanzas, #1 to #300) Error creating fko context: " +
    "Args contain invalid data: FKO_ERROR_INVALID_DATA_HMAC_COMPAREFAIL: the HMAC does not match the stanza's key",
  ]);
  const all = refusalLines(refusal, true);
  assertEquals(all.length, 300);
  assert(all[0]?.text.endsWith("COMPAREFAIL"), "the C daemon's line ends here");
});

Deno.test("a packet that matches no DESTINATION is reported in the C daemon's words, by fwknopd only with -v", () => {
  const destination = [parsePrefix("192.0.2.1/32")].flatMap((it) => it ?? []);
  const reported: PacketEvent[] = [];
  processor([aStanza({ destination })], reported).process(datagram("A".repeat(204)), 1);
  const text =
    "(stanza #1) SPA packet (192.0.2.9 -> 198.51.100.7) filtered by SOURCE and/or DESTINATION criteria";
  const lines = (everyStanza: boolean): LogLine[] => {
    const lines: LogLine[] = [];
    const reporter = new LineReporter((line) => lines.push(line), {
      dumpFields: false,
      everyStanza,
    });
    for (const event of reported) reporter.observe(event);
    return lines;
  };
  assertEquals(lines(false), [{ severity: "warning", text }]);
  assertEquals(lines(true), [{ severity: "debug", text }]);
  assertEquals(reported.map((event) => eventObject(event)?.["code"]), [
    "no-stanza-for-destination",
  ]);
});

Deno.test("a name is at the end of the line, where filters for the C daemon's lines match as before", () => {
  const reported: PacketEvent[] = [];
  const server = processor([aStanza({ name: "alice" })], reported);
  server.process(datagram("A".repeat(204)), 1);
  const [text = ""] = reported.flatMap((event) =>
    event.kind === "refused" ? refusalLines(event.refusal).map((line) => line.text) : []
  );
  assertMatch(text, /^\[192\.0\.2\.9\] \(stanza #1\) Error creating fko context: .* \(alice\)$/);
});
