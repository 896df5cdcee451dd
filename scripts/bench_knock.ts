/**
 * Measures the wall time and memory of one knock, of the C client, and of programs that do nothing.
 *
 * @module
 */
import { formatTable, median } from "./statistics.ts";

/** A program to measure, started anew for each sample. */
export interface Contestant {
  readonly name: string;
  readonly words: readonly string[];
  /** Names of the programs it is compared with. */
  readonly against: readonly string[];
}

/** Samples of one contestant. */
export interface KnockSamples {
  /** Milliseconds from the start of the process to its end. */
  readonly wall: number[];
  /** Highest resident set, MiB. */
  readonly memory: number[];
}

function start({ words: [program = "", ...args] }: Contestant): Deno.ChildProcess {
  return new Deno.Command(program, {
    args,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

async function wallTime(contestant: Contestant): Promise<number> {
  const begin = performance.now();
  const { success } = await start(contestant).status;
  const time = performance.now() - begin;
  if (!success) throw new Error(`${contestant.words.join(" ")} failed`);
  return time;
}

/**
 * The kernel's high-water mark, read repeatedly until the process has released its memory. `getrusage` is no use: its
 * value for a child starts with the memory of the process that started it.
 */
async function peakMemory(contestant: Contestant): Promise<number> {
  const child = start(contestant);
  const path = `/proc/${child.pid}/status`;
  let peak = 0;
  for (;;) {
    const kilobytes = /^VmHWM:\s+(\d+)/m.exec(Deno.readTextFileSync(path))?.[1];
    if (kilobytes === undefined) break;
    peak = Math.max(peak, Number(kilobytes));
  }
  await child.status;
  return peak / 1024;
}

/** Measures all programs in turns, so that a busy moment of the machine affects all of them. */
export async function measureKnocks(
  contestants: readonly Contestant[],
  rounds: number,
): Promise<Map<string, KnockSamples>> {
  const samples = new Map<string, KnockSamples>(
    contestants.map(({ name }) => [name, { wall: [], memory: [] }]),
  );
  // The first round fills caches and does not count.
  for (let round = 0; round <= rounds; round++) {
    for (const contestant of contestants) {
      const wall = await wallTime(contestant);
      const memory = await peakMemory(contestant);
      if (round === 0) continue;
      samples.get(contestant.name)?.wall.push(wall);
      samples.get(contestant.name)?.memory.push(memory);
    }
  }
  return samples;
}

/** The table: medians, and their ratios to the programs they are compared with. */
export function knockTable(
  contestants: readonly Contestant[],
  samples: ReadonlyMap<string, KnockSamples>,
): string[] {
  const wall = (name: string): number => median(samples.get(name)?.wall ?? []);
  const rows = contestants.map(({ name, against }) => [
    name,
    wall(name).toFixed(1),
    median(samples.get(name)?.memory ?? []).toFixed(1),
    against.map((other) => `${(wall(name) / wall(other)).toFixed(2)} x ${other}`).join(", "),
  ]);
  return formatTable([["", "wall ms", "peak MiB", "wall, compared"], ...rows]);
}
