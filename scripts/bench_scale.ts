/**
 * Many rules and many stanzas: measures how long a knock waits while hundreds of rules end at once, and what ten
 * thousand stanzas cost. `fwknop serve` and `fwknopd` run in turns.
 *
 * @module
 */
import type { Lab, Namespace } from "../test/support/namespace.ts";
import { otherStanzas } from "./bench_flood.ts";
import {
  Bench,
  type KeyLines,
  LISTENERS,
  makePackets,
  type ServerUnderTest,
} from "./bench_latency.ts";
import { formatTable, percentile } from "./statistics.ts";

/** Rules that stay, rules that end at once, and knocks around that moment. */
const RULES = { live: 2500, ending: 300, knocks: 100, pause: 100 } as const;
/** Seconds from the making of the rules to the end of the 300: both servers are ready by then. */
const LEAD = 15;
const STANZAS = 10_000;

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)));
}

/** The chain of both servers with rules as both make them; `ends` is when the first of them are over (epoch seconds). */
async function makeRules(namespace: Namespace, folder: string, ends: number): Promise<void> {
  const rule = (index: number, expires: number): string =>
    `-A FWKNOP_INPUT -s 10.${20 + (index >> 16)}.${index >> 8 & 255}.${index & 255}/32 -p tcp ` +
    `-m tcp --dport 22 -m comment --comment _exp_${expires} -j ACCEPT`;
  const lines = [
    "*filter",
    ":FWKNOP_INPUT - [0:0]",
    "-A INPUT -j FWKNOP_INPUT",
    ...Array.from({ length: RULES.live }, (_, index) => rule(index, ends + 3600)),
    ...Array.from({ length: RULES.ending }, (_, index) => rule(RULES.live + index, ends)),
    "COMMIT",
    "",
  ];
  const path = `${folder}/${namespace.name}.rules`;
  Deno.writeTextFileSync(path, lines.join("\n"));
  await namespace.must("iptables-restore", "--noflush", path);
}

/** Knocks from just before the rules end until the removal is long over. */
async function knocksWhileRulesEnd(
  lab: Lab,
  server: ServerUnderTest,
  keys: KeyLines,
  packets: readonly string[],
): Promise<number[]> {
  const namespace = await lab.namespace("ending");
  const ends = Math.ceil(Date.now() / 1000) + LEAD;
  await makeRules(namespace, keys.folder, ends);
  const settings = [...server.settings, "FLUSH_IPT_AT_INIT N"];
  const way = LISTENERS["UDP server"];
  if (way === undefined) throw new Error("There is no UDP server among the listeners");
  const bench = await Bench.start(namespace, { ...server, settings }, way, keys);
  await pause(ends * 1000 - Date.now() - 500);
  const times: number[] = [];
  for (const packet of packets) {
    const begin = performance.now();
    const time = await bench.measure(packet);
    if (time !== undefined) times.push(time);
    await pause(RULES.pause - (performance.now() - begin));
  }
  await bench.stop();
  return times;
}

async function endingTable(
  lab: Lab,
  servers: readonly ServerUnderTest[],
  keys: KeyLines,
): Promise<string[]> {
  const packets = await makePackets(keys, RULES.knocks);
  const rows = [["", "p50 ms", "p99 ms", `lost of ${RULES.knocks}`, "p99, compared"]];
  let first: number | undefined;
  for (const server of servers) {
    const times = await knocksWhileRulesEnd(lab, server, keys, packets);
    const worst = percentile(times, 0.99);
    first ??= worst;
    rows.push([
      server.name,
      percentile(times, 0.5).toFixed(2),
      worst.toFixed(2),
      String(RULES.knocks - times.length),
      server === servers[0] ? "" : `${(worst / first).toFixed(3)} x ${servers[0]?.name}`,
    ]);
  }
  return formatTable(rows);
}

async function stanzaTable(
  lab: Lab,
  servers: readonly ServerUnderTest[],
  keys: KeyLines,
): Promise<string[]> {
  const others = otherStanzas(STANZAS - 1);
  const [packet = ""] = await makePackets(keys, 1);
  const rows = [["", "ready s", "resident MB", "of it anonymous MB", "a grant ms"]];
  for (const server of servers) {
    const namespace = await lab.namespace("stanzas");
    const way = LISTENERS["UDP server"];
    if (way === undefined) throw new Error("There is no UDP server among the listeners");
    const begin = performance.now();
    const bench = await Bench.start(namespace, server, way, keys, others);
    const ready = performance.now() - begin;
    const grant = await bench.measure(packet);
    const status = Deno.readTextFileSync(`/proc/${bench.daemon.pid}/status`);
    const megabytes = (name: string): string =>
      (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? NaN) / 1024)
        .toFixed(1);
    rows.push([
      server.name,
      (ready / 1000).toFixed(2),
      megabytes("VmRSS"),
      megabytes("RssAnon"),
      grant?.toFixed(1) ?? "lost",
    ]);
    await bench.stop();
  }
  return formatTable(rows);
}

/** Both tables, as lines. The other servers are compared with the first one. */
export async function benchScale(
  lab: Lab,
  servers: readonly ServerUnderTest[],
  keys: KeyLines,
): Promise<string[]> {
  return [
    `A knock every ${RULES.pause} ms while ${RULES.ending} of ${
      RULES.live + RULES.ending
    } rules end:`,
    "",
    ...await endingTable(lab, servers, keys),
    "",
    `${STANZAS} stanzas:`,
    "",
    ...await stanzaTable(lab, servers, keys),
  ];
}
