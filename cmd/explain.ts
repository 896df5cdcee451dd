/**
 * `fwknop explain`.
 *
 * @module
 */
import { EXPLAIN_OPTIONS } from "../lib/config/explain_options.ts";
import { nowSeconds } from "../lib/clocks.ts";
import type { LoadedServerConfig } from "../lib/config/server_config.ts";
import type { ServerSettings } from "../lib/config/fwknopd_variables.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import { HintedError } from "../lib/errors/hinted_error.ts";
import { reasonOf } from "../lib/errors/reason.ts";
import { ifThere } from "../lib/files/if_there.ts";
import { type Address, parseAddress } from "../lib/net/address.ts";
import { oneLine, toJson } from "../lib/one_line.ts";
import { setColorEnabled } from "../lib/report/color.ts";
import { explainObject } from "../lib/report/explain_json.ts";
import { Trace } from "../lib/report/trace.ts";
import { ageWindow, policyFromSettings } from "../lib/server/policy.ts";
import { describePacket } from "../lib/server/describe_packet.ts";
import type { ExplainEvent } from "../lib/server/event.ts";
import { Explainer } from "../lib/server/explain.ts";
import { ReplayCache } from "../lib/server/replay_cache.ts";
import { readReplayText } from "../lib/server/replay_file.ts";
import { parseReplayFile } from "../lib/server/replay_file_text.ts";
import type { Command } from "./command.ts";
import { type Context, ExitCode } from "./context.ts";
import { type ExplainedPacket, readExplained } from "./explain_packets.ts";
import { loadServerConfig } from "./load_server_config.ts";

/** Explains why the server refuses a packet. */
export const explain: Command = {
  description: [
    "Takes packet texts, files with one packet text per line, and pcap or pcapng files, for example",
    "",
    "  tcpdump -w knock.pcap udp port 62201",
    "  fwknop explain knock.pcap",
    "",
    "Packets of a capture file are judged for the time of their capture, other packets for the present time. Nothing is",
    "changed, and the server's replay file is only read. The exit status is 0 if the server would accept every packet.",
  ].join("\n"),
  options: EXPLAIN_OPTIONS,
  words: { placeholder: "PACKET...", brief: "A packet text, or the name of a file" },
  /** Explains each packet in turn. A packet that came before is a replay, as in the server. */
  async run(options, words, context) {
    if (words.length === 0) {
      context.err(
        "fwknop: explain needs a packet\n  name a capture file, or paste a packet text\n",
      );
      return ExitCode.usage;
    }
    const now = parseTime(options.value("now"));
    const from = parseAddressOption(options, "from");
    const to = parseAddressOption(options, "to");
    const config = loadServerConfig(options, context);
    if (config === undefined) return ExitCode.failure;

    const packets: ExplainedPacket[] = [];
    for (const word of words) {
      const read = await readExplained(word, config.settings);
      packets.push(...read.packets);
      if (read.leftOut > 0) {
        context.err(
          `${oneLine(word)}: left out ${read.leftOut} packets that are not SPA packets\n`,
        );
      }
    }
    if (from === undefined) requireSource(packets, config);
    const clock = { now: nowSeconds() };
    const observe = options.has("json") ? jsonObserver(context) : traceObserver(context, clock);
    const explainer = new Explainer({
      stanzas: config.stanzas,
      policy: policyFromSettings(config.settings, false),
      replay: readReplay(config.settings, context),
      observe,
    });
    let taken = 0;
    for (const [index, { datagram, time, leftOutBy }] of packets.entries()) {
      const moved = {
        ...datagram,
        source: from ?? datagram.source,
        destination: to ?? datagram.destination,
      };
      clock.now = now ?? Math.floor(time ?? nowSeconds());
      if (leftOutBy !== undefined) {
        const finding = { kind: "not-captured", filter: leftOutBy } as const;
        observe({ kind: "finding", packet: describePacket(moved, index + 1), finding });
      }
      const isTaken = await explainer.explain(moved, index + 1, clock.now);
      if (isTaken && leftOutBy === undefined) taken++;
    }
    return taken === packets.length && taken > 0 ? ExitCode.ok : ExitCode.failure;
  },
};

function traceObserver(context: Context, clock: { readonly now: number }): Trace["observe"] {
  setColorEnabled(context.isTerminal && context.usesColor);
  const columns = () => context.isTerminal ? context.columns?.() : undefined;
  return new Trace((line) => context.out(`${line}\n`), () => clock.now, columns).observe;
}

function jsonObserver(context: Context): (event: ExplainEvent) => void {
  return (event) => {
    const object = explainObject(event);
    if (object !== undefined) context.out(`${toJson(object)}\n`);
  };
}

/** Seconds since 1970 UTC. */
function parseTime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[0-9]{1,10}$/.test(text)) return Number(text);
  const isDate = /^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})?)?$/.test(text);
  const time = isDate ? Date.parse(text) : NaN;
  if (!Number.isNaN(time)) return Math.floor(time / 1000);
  throw new HintedError(`--now '${text}' is not a time`, {
    hint: "Seconds since 1970, or as 2026-11-22T09:30:00Z",
  });
}

function parseAddressOption(options: GivenOptions, name: string): Address | undefined {
  const text = options.value(name);
  const address = text === undefined ? undefined : parseAddress(text);
  if (text === undefined || address !== undefined) return address;
  throw new HintedError(`--${name} '${text}' is not an IP address`);
}

/** Demands `--from` if it decides: a packet text does not hold the address of its sender. */
function requireSource(packets: readonly ExplainedPacket[], { stanzas }: LoadedServerConfig): void {
  if (packets.every(({ time }) => time !== undefined)) return;
  const stanza = stanzas.find(({ source }) => source !== "any");
  if (stanza === undefined) return;
  throw new HintedError("A packet text has no source address, but a SOURCE list needs one", {
    hint: `Add --from ADDRESS, for example one of ${stanza.sourceText}`,
  });
}

/** The server's replay memory, if this user may read it. Does not change the file. */
function readReplay(settings: ServerSettings, context: Context): ReplayCache {
  const cache = new ReplayCache({ window: ageWindow(settings) });
  if (!settings.ENABLE_DIGEST_PERSISTENCE) return cache;
  try {
    const text = ifThere(() => readReplayText(settings.DIGEST_FILE));
    if (text !== undefined) cache.load(parseReplayFile(text));
  } catch (error) {
    context.err(`The replay file is left out: ${oneLine(reasonOf(error))}\n`);
  }
  return cache;
}
