/**
 * The JavaScript files that are compiled, and what they may not contain: one that every run reads, and chunks that are
 * read only by the commands that need them. A knock would spend 10 ms on reading the daemon.
 *
 * @module
 */
import { run } from "./process.ts";

/**
 * Modules of `node:` that may be loaded when a rare option asks for them. Empty: the first one costs 12 to 40 ms
 * at start, and nothing needs any.
 */
const LAZY_NODE_MODULES: readonly string[] = [];

/** The file to run, among those of a bundle. */
export const BUNDLE_ENTRY = "main.js";

/** What `deno bundle` is asked to make of an entry module. */
export function bundleArguments(entry: string, folder: string): string[] {
  return [
    "bundle",
    "--quiet",
    "--frozen",
    // The browser condition keeps packages from choosing their variant for Node.
    "--platform",
    "browser",
    "--code-splitting",
    // A start reads and parses what it needs: half the bytes make a compiled knock some 5 ms shorter. Names are kept for
    // messages of errors that are mistakes of ours.
    "--minify",
    "--keep-names",
    "--outdir",
    folder,
    entry,
  ];
}

/**
 * The bundle with the names of packages in place of the paths they were read from: those tell where it was built, and
 * would make every machine's binary another one.
 */
export function neutralPaths(source: string): string {
  return source.replace(
    /(?:\.\.\/)*[^\s"]*\/npm\/[^\/\s"]+\/((?:@[^\/\s"]+\/)?[^\/\s"]+\/\d)/g,
    "npm:$1",
  );
}

/**
 * The files under names that tell nothing of the machine: `deno bundle` puts a hash into them, of texts that have its paths
 * in. They are numbered in the order in which the entry leads to them.
 *
 * @param files texts by name, {@link BUNDLE_ENTRY} among them.
 */
export function numberChunks(files: ReadonlyMap<string, string>): Map<string, string> {
  const names = new Map([[BUNDLE_ENTRY, BUNDLE_ENTRY]]);
  // A map is iterated in the order of insertion, what is inserted meanwhile included.
  for (const [name] of names) {
    for (const [, found = ""] of (files.get(name) ?? "").matchAll(/"\.\/([\w-]+\.js)"/g)) {
      if (!files.has(found) || names.has(found)) continue;
      const stem = found.replace(/-[0-9A-Z]{8}\.js$/, "");
      names.set(found, `${stem}-${names.size}.js`);
    }
  }
  const rename = (whole: string, name: string): string =>
    names.has(name) ? `"./${names.get(name)}"` : whole;
  return new Map(
    [...names].map(([old, name]) => [
      name,
      (files.get(old) ?? "").replace(/"\.\/([\w-]+\.js)"/g, rename),
    ]),
  );
}

/** Writes the bundle into a new folder; returns what `deno bundle` said when it failed. */
export async function bundle(
  entry: string,
  folder: string,
  cwd: string,
): Promise<string | undefined> {
  const { code, stdout, stderr } = await run(Deno.execPath(), bundleArguments(entry, folder), {
    cwd,
  });
  if (code !== 0) return stderr.trim() || stdout.trim();
  const files = new Map<string, string>();
  for (const { name } of Deno.readDirSync(folder)) {
    files.set(name, neutralPaths(await Deno.readTextFile(`${folder}/${name}`)));
    await Deno.remove(`${folder}/${name}`);
  }
  for (const [name, text] of numberChunks(files)) {
    await Deno.writeTextFile(`${folder}/${name}`, text);
    // The time is embedded in what is compiled; a fixed one makes equal sources give equal binaries.
    await Deno.utime(`${folder}/${name}`, 0, 0);
  }
  return undefined;
}

/** One sentence for every import in a bundle's files that would slow down or break the binary. */
export async function checkBundle(folder: string): Promise<string[]> {
  const problems = new Set<string>();
  for (const { name } of Deno.readDirSync(folder)) {
    for (const problem of bundleProblems(await Deno.readTextFile(`${folder}/${name}`))) {
      problems.add(problem);
    }
  }
  return [...problems];
}

/** The same for one file. */
export function bundleProblems(source: string): string[] {
  const problems: string[] = [];
  for (
    const [, module] of source.matchAll(
      /(?:^|[;}])\s*(?:import|export)\b[^;"'`(]*["'](node:[^"']+)["']/gm,
    )
  ) {
    problems.push(`${module} is imported at top level`);
  }
  for (const [, module = ""] of source.matchAll(/\bimport\(\s*["'`](node:[^"'`]+)["'`]\s*\)/g)) {
    if (!LAZY_NODE_MODULES.includes(module)) problems.push(`${module} is loaded lazily, unlisted`);
  }
  if (/\brequire\(\s*["']/.test(source)) problems.push("a CommonJS module is in the bundle");
  return [...new Set(problems)];
}
