import type { CycleEvent } from "../../../lib/command/cycle_event.ts";
import type { PendingClose } from "../../../lib/command/pending_closes.ts";
import type { CommandOutcome } from "../../../lib/command/execute_command.ts";
import { type LogLine } from "../../../lib/report/log_line.ts";
import { type LoggerOptions, openLogger } from "../../../lib/daemon/logger.ts";
import type { FirewallEvent, KeyedRule } from "../../../lib/firewall/firewall.ts";
import { toJson } from "../../../lib/one_line.ts";
import { setColorEnabled } from "../../../lib/report/color.ts";
import { cycleLines, cycleObject } from "../../../lib/report/command_report.ts";
import { explainObject } from "../../../lib/report/explain_json.ts";
import { firewallLine, firewallObject } from "../../../lib/report/firewall_report.ts";
import { eventObject } from "../../../lib/report/json_reporter.ts";
import { LineReporter } from "../../../lib/report/line_reporter.ts";
import { Trace } from "../../../lib/report/trace.ts";
import type { ExplainEvent, PacketEvent } from "../../../lib/server/event.ts";
import { assert } from "../../assert.ts";
import { withFolder } from "../../support/folder.ts";
import { assertHarmless, HOSTILE } from "../../support/hostile_text.ts";
import { LocalReceiver } from "../../support/local_receiver.ts";
import { everyRefusal, REFUSED_PACKET } from "../../support/refusals.ts";
import { anAddress } from "../../support/address.ts";
import { aStanza } from "../../support/stanza.ts";

const NOW = 1_800_000_000;
const packet = REFUSED_PACKET;
const outcome: CommandOutcome = { how: "ended", status: 1, output: [HOSTILE], truncated: false };
const address = anAddress("192.0.2.44");
const run = { kind: "run", stanza: 1, address, command: HOSTILE } as const;
const rule: KeyedRule = {
  key: HOSTILE,
  kind: "access",
  chain: `FWKNOP_INPUT${HOSTILE}`,
  address: HOSTILE,
  destination: HOSTILE,
  services: HOSTILE,
  service: HOSTILE,
  expires: NOW,
};

/** Message types by `MessageType`. The printers must not rely on the checks of the decoder. */
const decoded = ([0, 1, 2, 3, 4, 5, 6] as const).map((type): PacketEvent => ({
  kind: "decoded",
  packet,
  stanza: aStanza({ hmac: { key: new Uint8Array(8), type: "sha256" } }),
  packetText: `${HOSTILE}${HOSTILE}`,
  fields: {
    message: {
      randomValue: "1".repeat(16),
      username: HOSTILE,
      timestamp: NOW,
      version: HOSTILE,
      type,
      message: `192.0.2.44,${HOSTILE}`,
      natAccess: HOSTILE,
      serverAuth: HOSTILE,
    },
    digestName: "sha256",
    digest: HOSTILE,
    encodedData: HOSTILE,
    fullText: HOSTILE,
  },
  gpg: {
    signature: { id: HOSTILE, fingerprint: HOSTILE, flaw: HOSTILE, summary: 0, status: 0 },
  },
}));

/** Refusals whose facts contain texts from a packet, a program or the system. */
const refused = everyRefusal(HOSTILE)
  .filter(({ facts }) => (Object.values(facts) as unknown[]).includes(HOSTILE))
  .map((refusal): PacketEvent => ({ kind: "refused", refusal }));

const packetEvents: readonly PacketEvent[] = [
  ...decoded,
  ...refused,
  { kind: "bad-forwarded-for", packet, value: HOSTILE },
  { kind: "running", packet, decision: run, command: HOSTILE },
  { kind: "ran", packet, decision: run, command: HOSTILE, outcome },
  {
    kind: "ran",
    packet,
    decision: run,
    command: HOSTILE,
    outcome: { ...outcome, how: "not-started" },
  },
  {
    kind: "granted",
    packet,
    decision: { kind: "open", stanza: 1, address, services: [], seconds: 30 },
    rules: [rule],
    present: [rule],
  },
];
const explainEvents: readonly ExplainEvent[] = [
  ...packetEvents,
  { kind: "decided", packet, decision: run },
  {
    kind: "decided",
    packet,
    decision: {
      kind: "forward",
      forced: false,
      arrivedAt: address,
      stanza: 1,
      address,
      services: [],
      seconds: 30,
      everything: false,
      rewrite: true,
      target: { host: HOSTILE, port: 22 },
    },
  },
  { kind: "finding", packet, finding: { kind: "shape", detail: HOSTILE } },
  { kind: "finding", packet, finding: { kind: "not-captured", filter: HOSTILE } },
];
const firewallEvents: readonly FirewallEvent[] = [
  ...(["vanished", "restored", "adopted"] as const).map((type) => ({ type, rule })),
  { type: "removed", rule, number: 1 },
  { type: "jump", from: HOSTILE, chain: HOSTILE },
  ...(["info", "warning", "error"] as const).map((type) => ({ type, text: HOSTILE })),
];
const close: PendingClose = {
  stanza: 1,
  template: HOSTILE,
  values: {
    address,
    packetSource: address,
    destination: address,
    service: { protocol: "tcp", port: 22 },
    seconds: 30,
    expires: NOW,
  },
  due: NOW,
  opens: 1,
};
const cycleEvents: readonly CycleEvent[] = [
  ...(["info", "warning", "error"] as const).map((type) => ({ type, text: HOSTILE })),
  { type: "closing", close, command: HOSTILE, reason: "due" },
  { type: "closed", close, command: HOSTILE, reason: "due", outcome },
];

/** What a log of that format writes for these lines, or for the objects if it takes objects. */
function logged(
  options: Pick<LoggerOptions, "format" | "syslog">,
  lines: readonly LogLine[],
  objects: readonly Readonly<Record<string, unknown>>[] = [],
): string {
  let written = "";
  using logger = openLogger({ ...options, verbose: true, write: (text) => written += text });
  for (const line of lines) logger.log(line);
  for (const object of objects) logger.object(object);
  return written;
}

function linesOf(event: PacketEvent): LogLine[] {
  const lines: LogLine[] = [];
  for (const everyStanza of [false, true]) {
    new LineReporter((line) => lines.push(line), { dumpFields: true, everyStanza }).observe(event);
  }
  return lines;
}

const entries: readonly { readonly lines: readonly LogLine[]; readonly object?: object }[] = [
  ...packetEvents.map((event) => ({ lines: linesOf(event), object: eventObject(event) })),
  ...firewallEvents.map((event) => ({
    lines: [firewallLine(event)],
    object: firewallObject(event),
  })),
  ...cycleEvents.map((event) => ({ lines: cycleLines(event), object: cycleObject(event) })),
].map(({ object, ...rest }) => object === undefined ? rest : { ...rest, object });

for (const format of ["text", "journal"] as const) {
  Deno.test(`no event can manipulate the terminal of a reader of the log as ${format}`, () => {
    assertHarmless(logged({ format }, entries.flatMap(({ lines }) => lines)), format);
  });
}

Deno.test("no event can manipulate the terminal of a reader of the log as JSON, and the values are unchanged", () => {
  for (const { lines, object } of entries) {
    const json = object === undefined
      ? logged({ format: "json" }, lines)
      : logged({ format: "json" }, [], [object as Record<string, unknown>]);
    assertHarmless(json, "JSON");
    for (const line of json.trimEnd().split("\n")) JSON.parse(line);
  }
});

Deno.test("no event can add a message to syslog", () =>
  withFolder((folder) => {
    const socket = `${folder}/log`;
    using receiver = new LocalReceiver(socket);
    const syslog = { identity: "fwknopd", facility: "LOG_DAEMON", socket };
    let printed = "";
    for (const { lines } of entries) {
      logged({ syslog }, lines);
      for (let line = receiver.receive(); line !== undefined; line = receiver.receive()) {
        assert(!line.includes("\n"), "one message is one line");
        printed += `${line}\n`;
      }
    }
    assertHarmless(printed, "syslog");
  }));

Deno.test("no event can manipulate the terminal of a reader of the trace or of explain", () => {
  setColorEnabled(false);
  const lines: string[] = [];
  for (const event of explainEvents) {
    new Trace((line) => lines.push(line), () => NOW).observe(event);
    const object = explainObject(event);
    if (object !== undefined) assertHarmless(toJson(object), `explain --json of ${event.kind}`);
  }
  assert(lines.every((line) => !line.includes("\n")), "a line of the trace is one line");
  assertHarmless(lines.join("\n"), "the trace");
});
