import { assertEquals } from "../../assert.ts";
import type { Dialect } from "../../../lib/dialect.ts";
import { type LogFormat, openDaemonLog } from "../../../lib/daemon/daemon_log.ts";
import { PacketProcessor } from "../../../lib/server/packet_processor.ts";
import { ReplayCache } from "../../../lib/server/replay_cache.ts";
import { BufferContext } from "../../support/buffer_context.ts";
import { readTexts } from "../../support/config_files.ts";
import { datagram, seal } from "../../support/packet.ts";
import { aStanza, NO_NAT } from "../../support/stanza.ts";

const NOW = 1_800_000_000;

interface Case {
  readonly dialect?: Dialect;
  readonly verbose?: number;
  readonly testMode?: boolean;
  readonly format?: LogFormat;
}

/** The output of a server in the foreground for these payloads. */
async function say(
  { dialect = "native", verbose = 1, testMode = false, format }: Case,
  context: BufferContext,
  payloads: readonly string[],
): Promise<void> {
  const settings = readTexts({ conf: `VERBOSE ${verbose}` }).config?.settings;
  if (settings === undefined) throw new TypeError("not a configuration");
  using log = openDaemonLog(
    settings,
    { dialect, format, toTerminal: true, toSyslog: false, testMode },
    context,
  );
  const processor = new PacketProcessor({
    stanzas: [aStanza()],
    policy: { maxAge: 120, http: undefined, nat: NO_NAT, destinationRule: false, testMode },
    replay: new ReplayCache({ window: 120 }),
    now: () => NOW,
    observe: log.observe,
    act: () => {},
  });
  for (const [index, payload] of payloads.entries()) {
    processor.process(datagram(payload), index + 1);
  }
  // As the daemon does after it handled the packet.
  await Promise.resolve();
}

const terminal = (): BufferContext => new BufferContext({}, true, true);

Deno.test("the daemon writes a trace on a terminal, and where the user asks for one", async () => {
  const seen = async (given: Case, context: BufferContext): Promise<string> => {
    await say(given, context, [seal({}, { time: NOW }).packetText]);
    return /^packet 1: /.test(context.stderr)
      ? "trace"
      : context.stderr.startsWith("{")
      ? "json"
      : context.stderr.startsWith("<6>")
      ? "journal"
      : "text";
  };
  const { dev, ino } = Deno.statSync("/dev/stderr");
  const journal = { JOURNAL_STREAM: `${dev}:${ino}` };
  const test = { testMode: true };
  // -v on a terminal; -v -t everywhere except in the journal
  assertEquals(await seen({}, terminal()), "trace");
  assertEquals(await seen({}, new BufferContext()), "text");
  assertEquals(await seen(test, new BufferContext()), "trace");
  assertEquals(await seen(test, new BufferContext(journal)), "journal");
  assertEquals(await seen({ ...test, verbose: 0 }, new BufferContext()), "text");
  assertEquals(await seen({ format: "trace", verbose: 0 }, new BufferContext()), "trace");
  assertEquals(await seen({ format: "trace" }, new BufferContext(journal)), "trace");
  assertEquals(await seen({ ...test, format: "text" }, terminal()), "text");
  assertEquals(await seen({ ...test, format: "json" }, terminal()), "json");
  assertEquals(await seen({ ...test, dialect: "c" }, terminal()), "text");
});

Deno.test("a trace in a pipe has no colours", async () => {
  const context = new BufferContext({}, false, false, true);
  await say({ testMode: true }, context, ["junk"]);
  assertEquals(context.stderr.includes("\x1b"), false);
});

Deno.test("as fwknopd the log has the packet's text with -v, and its bytes with -v -v -v", async () => {
  const { packetText } = seal({}, { time: NOW });
  const linesWith = async (verbose: number): Promise<[string[], string]> => {
    const context = new BufferContext();
    await say({ dialect: "c", verbose }, context, [packetText, "junk"]);
    return [context.stderr.split("\n").slice(0, 3), context.stdout];
  };
  const announced = "(stanza #1) SPA Packet from IP: 192.0.2.9 received with access source match";
  assertEquals((await linesWith(0))[0], [announced, ""]);
  assertEquals(await linesWith(1), [[
    announced,
    `SPA Packet: '${packetText}'`,
    "[192.0.2.9] (stanza #1) SPA Decode (res=0):",
  ], ""]);
  const [, dumped] = await linesWith(3);
  assertEquals(dumped.split("\n").slice(0, 2), ["[+] candidate SPA packet payload:", " "]);
  assertEquals(dumped.split("[+]").length, 2, "junk is not dumped");
});
