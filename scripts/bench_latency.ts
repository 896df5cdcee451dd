/**
 * Measures the time from a sent packet to the rule in the kernel. `fwknop serve` and `fwknopd` run in turns, each in
 * its own namespace.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { lineReader } from "../test/support/line_reader.ts";
import { LoggedProcess } from "../test/support/logged_process.ts";
import { type Lab, type Namespace } from "../test/support/namespace.ts";
import { mustRun } from "./process.ts";
import { formatTable, percentile } from "./statistics.ts";

/** The address that packets of a benchmark are sent to. */
export const HOST = "127.0.0.1";
export const PORT = 62201;
const WATCHER = new URL("./rule_watcher.ts", import.meta.url).href;

/** A server to measure: the words before `-f -c FILE -a FILE`. */
export interface ServerUnderTest {
  readonly name: string;
  readonly words: readonly string[];
  /** Lines of fwknopd.conf, in addition to those of the listener. */
  readonly settings: readonly string[];
  /** Its firewall program. */
  readonly program: "iptables" | "nft";
}

/** A listener: its lines of fwknopd.conf, and the line that the server logs when it is ready. */
export interface Listener {
  readonly settings: readonly string[];
  readonly ready: RegExp;
}

/** The server's own socket, and libpcap. */
export const LISTENERS: Readonly<Record<string, Listener>> = {
  "UDP server": {
    settings: ["ENABLE_UDP_SERVER Y", `UDPSERV_PORT ${PORT}`],
    ready: /listen on port/,
  },
  "libpcap": {
    settings: ["PCAP_INTF lo", `PCAP_FILTER udp port ${PORT}`],
    ready: /main event loop/,
  },
};

/** Keys in the form of a configuration file. */
export interface KeyLines {
  readonly keyLines: readonly string[];
  readonly folder: string;
}

/** Packets that the C client made and did not send, each for another address. */
export async function makePackets(
  { keyLines, folder }: KeyLines,
  count: number,
): Promise<string[]> {
  const rc = `${folder}/bench.rc`;
  // The client appends to an existing file.
  const file = Deno.makeTempFileSync({ dir: folder });
  Deno.writeTextFileSync(rc, ["[bench]", ...keyLines, "USE_HMAC Y", ""].join("\n"), {
    mode: 0o600,
  });
  for (let index = 0; index < count; index++) {
    const address = `10.9.${Math.floor(index / 250)}.${index % 250 + 1}`;
    await mustRun("fwknop", [
      ...["--rc-file", rc, "-n", "bench", "--no-save-args", "-T"],
      ...["-A", "tcp/22", "-a", address, "-D", HOST, "-B", file, "-b"],
    ]);
  }
  const packets = Deno.readTextFileSync(file).split("\n").filter((line) => line !== "");
  return packets.map((packet) => Buffer.from(packet).toString("base64"));
}

/** A running server and its watcher. */
export class Bench {
  private constructor(
    readonly namespace: Namespace,
    readonly server: ServerUnderTest,
    readonly daemon: LoggedProcess,
    readonly watcher: Deno.ChildProcess,
    readonly nextLine: () => Promise<string | undefined>,
    readonly writer: WritableStreamDefaultWriter<Uint8Array>,
  ) {}

  /** @param otherStanzas lines before the stanza whose keys the packets have. */
  static async start(
    namespace: Namespace,
    server: ServerUnderTest,
    listener: Listener,
    { keyLines, folder }: KeyLines,
    otherStanzas: readonly string[] = [],
  ): Promise<Bench> {
    const path = `${folder}/${namespace.name}`;
    const write = (name: string, lines: readonly string[]): void =>
      Deno.writeTextFileSync(`${path}.${name}`, `${lines.join("\n")}\n`, { mode: 0o600 });
    write("conf", [
      ...listener.settings,
      ...server.settings,
      `FWKNOP_RUN_DIR ${path}.run`,
    ]);
    write("access", [...otherStanzas, "SOURCE ANY", "FW_ACCESS_TIMEOUT 300", ...keyLines]);
    const words = [...server.words, "-f", "-c", `${path}.conf`, "-a", `${path}.access`];
    const daemon = new LoggedProcess(
      namespace.spawn(words, {
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
        env: { NO_COLOR: "1" },
      }),
    );
    await daemon.line(listener.ready, { seconds: 30 });
    const watcher = namespace.spawn(
      [Deno.execPath(), "run", "--allow-all", "--quiet", WATCHER, HOST, String(PORT)],
      { stdin: "piped", stdout: "piped", stderr: "inherit" },
    );
    const nextLine = lineReader(watcher.stdout);
    await nextLine();
    return new Bench(namespace, server, daemon, watcher, nextLine, watcher.stdin.getWriter());
  }

  /** Milliseconds, or `undefined` when no rule came. */
  async measure(packet: string): Promise<number | undefined> {
    await this.writer.write(new TextEncoder().encode(`${packet}\n`));
    const line = await this.nextLine();
    return line === undefined || line === "lost" ? undefined : Number(line);
  }

  async stop(): Promise<void> {
    await this.writer.close();
    await this.watcher.status;
    await this.daemon.stop();
  }
}

/** Milliseconds per packet and server; a lost packet is missing from the list. */
export async function measureLatencies(
  lab: Lab,
  servers: readonly ServerUnderTest[],
  listener: Listener,
  keys: KeyLines,
  packets: number,
): Promise<Map<string, number[]>> {
  const benches: Bench[] = [];
  for (const [index, server] of servers.entries()) {
    const namespace = await lab.namespace(`bench${index}`);
    benches.push(await Bench.start(namespace, server, listener, keys));
  }
  const samples = new Map<string, number[]>(servers.map(({ name }) => [name, []]));
  for (const packet of await makePackets(keys, packets)) {
    for (const bench of benches) {
      const time = await bench.measure(packet);
      if (time !== undefined) samples.get(bench.server.name)?.push(time);
      // A little idle time, as between real packets.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  for (const bench of benches) await bench.stop();
  return samples;
}

/** Grants over which starts of programs are counted. */
const COUNTED = 20;

/**
 * Firewall programs started per grant, after the server's first grant. A script replaces each program: it counts its
 * start and then executes the program.
 */
export async function countStarts(
  lab: Lab,
  server: ServerUnderTest,
  listener: Listener,
  keys: KeyLines,
): Promise<number> {
  const namespace = await lab.namespace("count");
  const folder = `${keys.folder}/${namespace.name}.programs`;
  const counts = `${folder}/counts`;
  Deno.mkdirSync(folder);
  Deno.writeTextFileSync(counts, "");
  for (const program of ["iptables", "iptables-restore", "ip6tables", "ip6tables-restore", "nft"]) {
    const text = `#!/bin/sh\necho ${program} >> ${counts}\nexec /usr/sbin/${program} "$@"\n`;
    Deno.writeTextFileSync(`${folder}/${program}`, text, { mode: 0o700 });
  }
  const settings = [...server.settings, `FIREWALL_EXE ${folder}/${server.program}`];
  const bench = await Bench.start(namespace, { ...server, settings }, listener, keys);
  const [first = "", ...packets] = await makePackets(keys, COUNTED + 1);
  await bench.measure(first);
  const started = (): number => Deno.readTextFileSync(counts).split("\n").length;
  const before = started();
  for (const packet of packets) await bench.measure(packet);
  const starts = started() - before;
  await bench.stop();
  return starts / COUNTED;
}

/** The table: percentiles, lost packets, programs started per grant, and the ratio to the first server. */
export function latencyTable(
  servers: readonly ServerUnderTest[],
  samples: ReadonlyMap<string, readonly number[]>,
  starts: ReadonlyMap<string, number>,
  packets: number,
): string[] {
  const of = (name: string, share: number): number => percentile(samples.get(name) ?? [], share);
  const first = servers[0]?.name ?? "";
  const rows = servers.map(({ name }) => [
    name,
    of(name, 0.5).toFixed(2),
    of(name, 0.99).toFixed(2),
    String(packets - (samples.get(name)?.length ?? 0)),
    (starts.get(name) ?? NaN).toFixed(1),
    name === first ? "" : `${(of(name, 0.5) / of(first, 0.5)).toFixed(3)} x ${first}`,
  ]);
  return formatTable([["", "p50 ms", "p99 ms", "lost", "starts/grant", "p50, compared"], ...rows]);
}

/** Knocks that make one column of {@link growthTable}. */
const COLUMN = 100;

/**
 * p50 by the number of grants in force. No grant ends during the measurement, and each rule makes both servers
 * slower.
 */
export function growthTable(
  servers: readonly ServerUnderTest[],
  samples: ReadonlyMap<string, readonly number[]>,
  packets: number,
): string[] {
  const columns = Array.from({ length: Math.ceil(packets / COLUMN) }, (_, index) => index * COLUMN);
  const median = (name: string, start: number): number =>
    percentile(samples.get(name)?.slice(start, start + COLUMN) ?? [], 0.5);
  const first = servers[0]?.name ?? "";
  return formatTable([
    ["p50 ms by grants in force", ...columns.map((start) => `${start}-${start + COLUMN}`)],
    ...servers.map(({ name }) => [
      name,
      ...columns.map((start) =>
        name === first
          ? median(name, start).toFixed(2)
          : `${median(name, start).toFixed(2)} (${
            (median(name, start) / median(first, start)).toFixed(3)
          })`
      ),
    ]),
  ]);
}
