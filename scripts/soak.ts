/**
 * `deno task soak`: the compiled daemon under a mix of everything for minutes or hours, beside the C daemon for as long as
 * that lives, and what came of it as a table. `--minutes N` (default 10), `--memory N` MiB for each daemon of ours (default
 * 96; 0: no limit).
 *
 * @module
 */
import { parseArgs } from "node:util";
import { Lab, namespacesUnavailable } from "../test/support/namespace.ts";
import { buildTestBinary } from "./build.ts";
import { useOwnHome } from "./own_home.ts";
import { findProgram } from "./process.ts";
import { slopePerHour } from "./soak_ledger.ts";
import { soak, type SoakedDaemon, type SoakResult } from "./soak_run.ts";
import { formatTable } from "./statistics.ts";

/** Seconds after the start from which slopes are fitted: until then caches fill and code is compiled. */
const WARM = 600;

const MEBIBYTE = 2 ** 20;

/** The columns of a daemon. */
export function soakColumn(result: SoakResult): string[] {
  const { daemon, counts, samples, reloads, seconds, ended } = result;
  const settled = samples.filter(({ at }) => at >= WARM);
  const memory = slopePerHour(settled.map(({ at, resident }) => [at, resident / MEBIBYTE]));
  const descriptors = slopePerHour(settled.map(({ at, descriptors }) => [at, descriptors]));
  const last = samples.at(-1);
  const memoryOf = (kind: "resident" | "anonymous"): string => {
    const largest = Math.max(...samples.map((sample) => sample[kind]));
    const bytes = [largest, last?.[kind] ?? NaN];
    return `${bytes.map((value) => (value / MEBIBYTE).toFixed(1)).join(" / ")} MiB`;
  };
  const slope = (value: number): string => Number.isNaN(value) ? "-" : value.toFixed(2);
  return [
    `${daemon.name}, ${daemon.listener}`,
    `${(seconds / 60).toFixed(1)} min`,
    `${counts.sent}, ${counts.granted}, ${counts.excused}`,
    String(counts.sent - counts.granted - counts.excused),
    String(counts.late),
    String(counts.doubled),
    String(counts.notInForce),
    String(reloads),
    memoryOf("resident"),
    memoryOf("anonymous"),
    `${slope(memory)} MiB`,
    `${samples[0]?.descriptors ?? "-"} / ${last?.descriptors ?? "-"}`,
    slope(descriptors),
    ended === undefined ? "alive" : `ended: ${ended.slice(-60)}`,
  ];
}

/** What the rows of the table are. */
export const SOAK_ROWS: readonly string[] = [
  "",
  "lived",
  "knocks sent, granted, excused",
  "lost",
  "rules late",
  "rules doubled",
  "reported and not in force",
  "reloads",
  "resident, most / last",
  "of it anonymous",
  "slope of memory per hour",
  "descriptors, first / last",
  "slope of descriptors per hour",
  "at the end",
];

/** The table: a row for each figure, a column for each daemon. */
export function soakTable(results: readonly SoakResult[]): string[] {
  const columns = results.map(soakColumn);
  return formatTable(
    SOAK_ROWS.map((row, index) => [row, ...columns.map((column) => column[index] ?? "")]),
  );
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
