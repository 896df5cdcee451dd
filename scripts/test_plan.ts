/**
 * Which test files run together in one process, and in which order.
 *
 * Most tests wait for daemons, clocks and kernels, so several processes side by side need a fraction of the time of
 * one. Names of namespaces contain the number of the process, so two processes never use the same one.
 *
 * @module
 */

/** Test files that one `deno test` runs. */
export interface Batch {
  readonly files: readonly string[];
}

/** The batches that run side by side, longest first, and those that run alone after them. */
export interface TestPlan {
  readonly together: readonly Batch[];
  readonly alone: readonly Batch[];
}

/** Folders whose tests start no program and do not wait: `deno task quick` runs them. */
export const UNIT_FOLDERS: readonly string[] = [
  "test/lib/errors/",
  "test/lib/net/",
  "test/lib/crypto/",
  "test/lib/spa/",
  "test/lib/config/",
  "test/lib/server/",
  "test/lib/report/",
  "test/lib/manual/",
  "test/lib/client/",
];

/** Files that measure time or processor use: another process beside them would change the result. */
export const MEASURING: readonly string[] = [];

/** Folders in the order of the time of one file, longest first; files in other folders come last. */
const SLOW_FIRST: readonly string[] = [
  "test/e2e/",
  "test/interop/",
  "test/lib/firewall/",
  "test/lib/doctor/",
  "test/lib/command/",
  "test/cmd/",
  "test/",
];

/** How many files of a unit folder share a process: the start of a process costs half a second. */
const UNITS_PER_BATCH = 25;

/** Whether a file is among those that `deno task quick` runs. */
export function isUnit(file: string): boolean {
  return UNIT_FOLDERS.some((folder) => file.startsWith(folder));
}

/** Divides test files (paths from the root of the tree) into batches. */
export function planTests(files: readonly string[]): TestPlan {
  const measuring = files.filter((file) => MEASURING.includes(file));
  const units = files.filter((file) => isUnit(file) && !measuring.includes(file));
  const others = files.filter((file) => !isUnit(file) && !measuring.includes(file));
  const rank = (file: string): number => SLOW_FIRST.findIndex((folder) => file.startsWith(folder));
  const single = others.toSorted((a, b) => rank(a) - rank(b)).map((file) => ({ files: [file] }));
  return {
    together: [...single, ...inBatches(units, UNITS_PER_BATCH)],
    alone: measuring.map((file) => ({ files: [file] })),
  };
}

function inBatches(files: readonly string[], size: number): Batch[] {
  const batches: Batch[] = [];
  for (let start = 0; start < files.length; start += size) {
    batches.push({ files: files.slice(start, start + size) });
  }
  return batches;
}

/** Every test file below `test/`, as paths from the root of the tree, in the order of names. */
export function testFiles(root: string): string[] {
  const found: string[] = [];
  const walk = (folder: string): void => {
    for (const { name, isDirectory } of Deno.readDirSync(root + folder)) {
      if (isDirectory) walk(`${folder}${name}/`);
      else if (name.endsWith("_test.ts")) found.push(folder + name);
    }
  };
  walk("test/");
  return found.toSorted();
}
