/**
 * Sends junk to a server, and measures the cost of a junk packet and the loss of valid packets in between. `fwknop
 * serve` and `fwknopd` run in turns, each in its own namespace.
 *
 * @module
 */
import type { Lab } from "../test/support/namespace.ts";
import {
  Bench,
  HOST,
  type KeyLines,
  type Listener,
  LISTENERS,
  makePackets,
  PORT,
  type ServerUnderTest,
} from "./bench_latency.ts";
import { formatTable, percentile } from "./statistics.ts";

const SENDER = new URL("./junk_sender.ts", import.meta.url).href;
/** Packets a second and seconds of the flood, and valid packets in between. */
const FLOOD = { rate: 20_000, seconds: 20, valid: 100 };
/** Milliseconds between two valid packets. */
const GAP = 150;
/**
 * Stanzas of the servers, and the address that the junk comes from. With many stanzas one pass over the keys is
 * expensive: then the junk comes from another network than the valid packets, as it usually does.
 */
const FLOODS = [
  { stanzas: 1, from: HOST },
  { stanzas: 10, from: HOST },
  { stanzas: 100, from: "127.0.2.1" },
  { stanzas: 1000, from: "127.0.2.1" },
] as const;
/** Stanzas, and a rate that both servers can handle, so that every packet costs CPU. */
const LOADS = [
  { stanzas: 1, rate: 5000, count: 10_000 },
  { stanzas: 10, rate: 5000, count: 10_000 },
  { stanzas: 100, rate: 1000, count: 3000 },
  { stanzas: 1000, rate: 100, count: 400 },
] as const;
/** Seconds without a packet. */
const IDLE = 30;
/** Seconds to wait before that: the engine compacts its memory once, half a minute after the start. */
const SETTLE = 45;
/** Clock ticks of `/proc/PID/stat` a second (`getconf CLK_TCK`). */
const TICKS = 100;

/** The listener for the measurements of CPU. */
function listener(name: "UDP server" | "libpcap"): Listener {
  const way = LISTENERS[name];
  if (way === undefined) throw new Error(`There is no listener "${name}"`);
  return way;
}

/** CPU a process and its ended children have used, in seconds. */
export function cpuSeconds(stat: string): number {
  // The second field is the program's name, which may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ").map(Number);
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
  return (user + system + childUser + childSystem) / TICKS;
}

function cpuOf(bench: Bench): number {
  return cpuSeconds(Deno.readTextFileSync(`/proc/${bench.daemon.pid}/stat`));
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Sends junk inside the server's namespace and waits for the end of the sender. */
async function sendJunk(bench: Bench, rate: number, count: number, from = HOST): Promise<void> {
  const numbers = [...[PORT, rate, count].map(String), from];
  const words = [Deno.execPath(), "run", "--allow-all", "--quiet", SENDER, HOST, ...numbers];
  await bench.namespace.must(...words);
}

/** Stanzas with keys that no client has. */
export function otherStanzas(count: number): string[] {
  const key = (): string =>
    btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))));
  return Array.from(
    { length: count },
    () => ["SOURCE ANY", `KEY_BASE64 ${key()}`, `HMAC_KEY_BASE64 ${key()}`],
  ).flat();
}

/** One table: valid packets during a flood, by capture. */
async function floodTable(
  lab: Lab,
  servers: readonly ServerUnderTest[],
  keys: KeyLines,
): Promise<string[]> {
  const rows = [["stanzas", "", "listener", "lost", "p50 ms", "p99 ms", "CPU of one core"]];
  for (const { stanzas, from } of FLOODS) {
    for (const [way, options] of Object.entries(LISTENERS)) {
      for (const [index, server] of servers.entries()) {
        const others = otherStanzas(stanzas - 1);
        const namespace = await lab.namespace(`flood${index}`);
        const bench = await Bench.start(namespace, server, options, keys, others);
        const { lost, times, share } = await measureFlood(bench, keys, from);
        rows.push([
          String(stanzas),
          server.name,
          way,
          `${lost} of ${lost + times.length}`,
          percentile(times, 0.5).toFixed(2),
          percentile(times, 0.99).toFixed(2),
          `${(share * 100).toFixed(0)} %`,
        ]);
        await bench.stop();
      }
    }
  }
  return formatTable(rows);
}

/** Valid packets while junk comes: how many were lost, the milliseconds of the others, and the share of a processor. */
async function measureFlood(
  bench: Bench,
  keys: KeyLines,
  from: string,
): Promise<{ readonly lost: number; readonly times: readonly number[]; readonly share: number }> {
  const { rate, seconds, valid } = FLOOD;
  const packets = await makePackets(keys, valid);
  const before = cpuOf(bench);
  let isOver = false;
  const flood = sendJunk(bench, rate, rate * seconds, from).finally(() => isOver = true);
  await pause(500);
  const times: number[] = [];
  let lost = 0;
  for (const packet of packets) {
    const begin = performance.now();
    const time = await bench.measure(packet);
    // A server that loses packets is slow: only those that were sent and answered during the flood count.
    if (isOver) break;
    if (time === undefined) lost++;
    else times.push(time);
    await pause(Math.max(0, GAP - (performance.now() - begin)));
  }
  await flood;
  return { lost, times, share: (cpuOf(bench) - before) / seconds };
}

/** One table: CPU per packet of junk, by number of stanzas. */
async function junkTable(
  lab: Lab,
  servers: readonly ServerUnderTest[],
  keys: KeyLines,
): Promise<string[]> {
  const rows = [["stanzas", ...servers.map(({ name }) => `${name} µs`), "ratio"]];
  for (const { stanzas, rate, count } of LOADS) {
    const costs: number[] = [];
    for (const [index, server] of servers.entries()) {
      const others = otherStanzas(stanzas - 1);
      const way = listener("UDP server");
      const namespace = await lab.namespace(`junk${index}`);
      const bench = await Bench.start(namespace, server, way, keys, others);
      // The first packets pay for the compiler.
      await sendJunk(bench, rate, count);
      await pause(300);
      const before = cpuOf(bench);
      await sendJunk(bench, rate, count);
      await pause(500);
      costs.push((cpuOf(bench) - before) / count * 1e6);
      await bench.stop();
    }
    const [first = NaN, second = NaN] = costs;
    rows.push([
      String(stanzas),
      ...costs.map((cost) => cost.toFixed(0)),
      (second / first).toFixed(3),
    ]);
  }
  return formatTable(rows);
}

/** CPU of a server that sniffs and receives nothing. */
async function idleTable(
  lab: Lab,
  servers: readonly ServerUnderTest[],
  keys: KeyLines,
): Promise<string[]> {
  const benches: Bench[] = [];
  for (const [index, server] of servers.entries()) {
    const namespace = await lab.namespace(`idle${index}`);
    benches.push(await Bench.start(namespace, server, listener("libpcap"), keys));
  }
  await pause(SETTLE * 1000);
  const before = benches.map(cpuOf);
  await pause(IDLE * 1000);
  const rows = benches.map((bench, index) => {
    const used = cpuOf(bench) - (before[index] ?? 0);
    return [
      bench.server.name,
      `${(used * 1000).toFixed(0)}`,
      `${(used / IDLE * 100).toFixed(2)} %`,
    ];
  });
  for (const bench of benches) await bench.stop();
  return formatTable([["", "ms", "of a core"], ...rows]);
}

/** All tables about junk, as lines. The other servers are compared with the first one. */
export async function benchFlood(
  lab: Lab,
  servers: readonly ServerUnderTest[],
  keys: KeyLines,
): Promise<string[]> {
  const { rate, seconds, valid } = FLOOD;
  return [
    `${valid} valid packets among ${rate} of junk a second, for ${seconds} s:`,
    "",
    ...await floodTable(lab, servers, keys),
    "",
    "CPU per packet of junk, children included:",
    "",
    ...await junkTable(lab, servers, keys),
    "",
    `Idle CPU over ${IDLE} s, sniffing:`,
    "",
    ...await idleTable(lab, servers, keys),
  ];
}
