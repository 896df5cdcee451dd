/**
 * `deno task soak`: runs the compiled daemon under a mix of load for minutes or hours, beside the C daemon while that
 * one lives, and prints the result as a table. `--minutes N` (default 10), `--memory N` MiB for each of our daemons
 * (default 96; 0: no limit).
 *
 * @module
 */
import { parseArgs } from "node:util";
import { Lab, namespacesUnavailable } from "../test/support/namespace.ts";
import { buildTestBinary } from "./build.ts";
import { useOwnHome } from "./own_home.ts";
import { findProgram } from "./process.ts";
import { type ProcessSample, slopePerHour } from "./soak_ledger.ts";
import { soak, type SoakedDaemon, type SoakResult } from "./soak_run.ts";
import { formatTable } from "./statistics.ts";

/** Seconds after the start at which the fit of slopes begins: before that, caches fill and code is compiled. */
const WARM = 600;
/**
 * Seconds after which the replay memory is as large as it gets: it forgets from 6,250 packets on, and three a second are
 * sent. Until then it grows by design.
 */
const FULL = 2100;

const MEBIBYTE = 2 ** 20;

/** Ten samples, or as many as there are, the last one among them. */
function everyTenth(samples: readonly ProcessSample[]): ProcessSample[] {
  const step = Math.max(1, samples.length / 10);
  return samples.filter((_, index) => (index + 1) % step < 1);
}

/** A row of the table: its name, and its cell for a daemon. */
type Row = readonly [name: string, cell: (result: SoakResult) => string];

/** The table, row by row. */
const ROWS: readonly Row[] = [
  ["", ({ daemon }) => `${daemon.name}, ${daemon.listener}`],
  ["lived", ({ seconds }) => `${(seconds / 60).toFixed(1)} min`],
  [
    "knocks sent, granted, excused",
    ({ counts }) => `${counts.sent}, ${counts.granted}, ${counts.excused}`,
  ],
  ["lost", ({ counts }) => String(counts.sent - counts.granted - counts.excused)],
  ["rules late", ({ counts }) => String(counts.late)],
  ["rules doubled", ({ counts }) => String(counts.doubled)],
  ["reported and not in force", ({ counts }) => String(counts.notInForce)],
  ["reloads", ({ reloads }) => String(reloads)],
  ["resident, most / last", ({ samples }) => mostAndLast(samples, "resident")],
  ["of it anonymous", ({ samples }) => mostAndLast(samples, "anonymous")],
  [
    "anonymous, at each tenth of the time",
    ({ samples }) =>
      everyTenth(samples).map(({ anonymous }) => (anonymous / MEBIBYTE).toFixed(0)).join(" "),
  ],
  [
    "slope per hour, resident / anonymous",
    ({ samples }) => memorySlopes(samples, WARM),
  ],
  ["... once the replay memory is full", ({ samples }) => memorySlopes(samples, FULL)],
  [
    "descriptors, first / last",
    ({ samples }) => `${samples[0]?.descriptors ?? "-"} / ${samples.at(-1)?.descriptors ?? "-"}`,
  ],
  [
    "slope of descriptors per hour",
    ({ samples }) => slope(samples, WARM, ({ descriptors }) => descriptors),
  ],
  ["at the end", ({ ended }) => ended === undefined ? "alive" : `ended: ${ended.slice(-60)}`],
];

function mostAndLast(
  samples: readonly ProcessSample[],
  kind: "resident" | "anonymous",
): string {
  const bytes = samples.map((sample) => sample[kind]);
  const figures = [Math.max(...bytes), bytes.at(-1) ?? NaN];
  return `${figures.map((value) => (value / MEBIBYTE).toFixed(1)).join(" / ")} MiB`;
}

function memorySlopes(samples: readonly ProcessSample[], from: number): string {
  const slopes = (["resident", "anonymous"] as const).map((kind) =>
    slope(samples, from, (sample) => sample[kind] / MEBIBYTE)
  );
  return `${slopes.join(" / ")} MiB`;
}

/** The slope per hour of the samples from that second on; `-` where the run was shorter. */
function slope(
  samples: readonly ProcessSample[],
  from: number,
  figure: (sample: ProcessSample) => number,
): string {
  const settled = samples.filter(({ at }) => at >= from);
  const value = slopePerHour(settled.map((sample) => [sample.at, figure(sample)]));
  return Number.isNaN(value) ? "-" : value.toFixed(2);
}

/** The lines of the table, a column for each daemon. */
function soakTable(results: readonly SoakResult[]): string[] {
  return formatTable(ROWS.map(([name, cell]) => [name, ...results.map(cell)]));
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      minutes: { type: "string", default: "10" },
      memory: { type: "string", default: "96" },
    },
  });
  const missing = namespacesUnavailable();
  if (missing !== undefined) {
    console.error(`soak: it needs network namespaces: ${missing}`);
    Deno.exit(1);
  }
  useOwnHome();
  const seconds = Number(values.minutes) * 60;
  const memory = Number(values.memory) === 0 ? undefined : Number(values.memory) * MEBIBYTE;
  const folder = Deno.makeTempDirSync({ prefix: "fwknop-soak-" });
  const lab = new Lab();
  try {
    const settings = ["FIREWALL iptables"];
    const ours = {
      name: "fwknop serve",
      words: [await buildTestBinary(), "serve"],
      settings,
      memory,
    };
    const theirs = { name: "fwknopd", words: ["fwknopd"], settings: [], memory: undefined };
    const installed = findProgram("fwknopd") === undefined ? [] : [theirs];
    if (installed.length === 0) console.log("left out: fwknopd is not installed");
    const daemons: SoakedDaemon[] = [ours, ...installed].flatMap((daemon) => [
      { ...daemon, listener: "UDP server" },
      { ...daemon, listener: "libpcap" },
    ]);
    console.log(`${values.minutes} minutes, ${daemons.length} daemons side by side ...`);
    const results = await Promise.all(
      daemons.map((daemon) => soak(lab, folder, daemon, seconds)),
    );
    for (const line of soakTable(results)) console.log(line);
  } finally {
    lab.remove();
    Deno.removeSync(folder, { recursive: true });
  }
}
