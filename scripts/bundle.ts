/**
 * Makes the JavaScript files that are compiled, and checks what they must not contain. There is one file that every
 * run reads, a group for each set of commands that must start quickly, and chunks that only the commands that need
 * them read. With one file a knock would spend 18 ms on it.
 *
 * @module
 */
import { groupChunks, groupedSources, OTHER_FILES } from "./bundle_groups.ts";
import { run } from "./process.ts";

/**
 * Modules of `node:` that a rare option may load. Empty: the first one costs 12 to 40 ms at start, and no option
 * needs one.
 */
const LAZY_NODE_MODULES: readonly string[] = [];

/** The file to run, among those of a bundle. */
export const BUNDLE_ENTRY = "main.js";

/**
 * Dynamically imported files that must start quickly, by their names before the number: the two clients, the command
 * line of the C daemon, and `status`. Each of them reads few files.
 */
const STARTS: readonly string[] = ["knock", "client", "server", "status"];

/** Options of `deno bundle` for every call. */
const COMMON_ARGUMENTS: readonly string[] = [
  "bundle",
  "--quiet",
  // The browser condition keeps packages from choosing their variant for Node.
  "--platform",
  "browser",
];

/** The arguments of `deno bundle` for an entry module. */
export function bundleArguments(entry: string, folder: string): string[] {
  return [...COMMON_ARGUMENTS, "--frozen", "--code-splitting", "--outdir", folder, entry];
}

/**
 * The arguments for the sources of groups: each file separately. A start reads and parses what it needs; half the
 * bytes make a compiled knock some 5 ms shorter.
 *
 * @param names whether functions keep their names, for the stack of an internal error.
 */
export function groupArguments(
  files: readonly string[],
  folder: string,
  names: boolean,
): string[] {
  return [
    ...COMMON_ARGUMENTS,
    "--minify",
    ...(names ? ["--keep-names"] : []),
    "--external",
    `${OTHER_FILES}*`,
    "--outdir",
    folder,
    ...files,
  ];
}

/**
 * The bundle with the names of packages in place of their paths. The paths show where it was built, and would make
 * each machine's binary different.
 */
export function neutralPaths(source: string): string {
  return source.replace(
    /(?:\.\.\/)*[^\s"]*\/npm\/[^\/\s"]+\/((?:@[^\/\s"]+\/)?[^\/\s"]+\/\d)/g,
    "npm:$1",
  );
}

/**
 * The files with names that do not depend on the machine: `deno bundle` puts a hash of texts with paths into the
 * names. The files are numbered in the order in which the entry leads to them.
 *
 * @param files texts by name, {@link BUNDLE_ENTRY} among them.
 */
export function numberChunks(files: ReadonlyMap<string, string>): Map<string, string> {
  const names = new Map([[BUNDLE_ENTRY, BUNDLE_ENTRY]]);
  // A map is iterated in the order of insertion, including entries that are added during the iteration.
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

/** Writes the bundle into a new folder; returns the message of `deno bundle` when it failed. */
export async function bundle(
  entry: string,
  folder: string,
  cwd: string,
): Promise<string | undefined> {
  const work = await Deno.makeTempDir({ prefix: "fwknop-bundle-" });
  try {
    const [chunks, sources] = [`${work}/chunks`, `${work}/sources`];
    const failure = await denoBundle(bundleArguments(entry, chunks), cwd);
    if (failure !== undefined) return failure;
    const files = numberChunks(
      new Map([...await readFolder(chunks)].map(([name, text]) => [name, neutralPaths(text)])),
    );
    const starts = STARTS.map((start) => startFile(start, [...files.keys()]));
    const groups = groupChunks(files, BUNDLE_ENTRY, starts);
    await Deno.mkdir(sources);
    for (const [name, text] of groupedSources(files, groups)) {
      await Deno.writeTextFile(`${sources}/${name}`, text);
    }
    const quick = [BUNDLE_ENTRY, ...new Set(groups.values())];
    const rare = [...files.keys()].filter((name) => name !== BUNDLE_ENTRY && !groups.has(name));
    await Deno.mkdir(folder, { recursive: true });
    // Names would cost a knock 0.6 ms, so the files that the starts load have none.
    for (const [results, names] of [[quick, false], [rare, true]] as const) {
      const again = await denoBundle(groupArguments(results, folder, names), sources);
      if (again !== undefined) return again;
    }
    for (const [name, text] of await readFolder(folder)) {
      await Deno.writeTextFile(`${folder}/${name}`, text.replaceAll(`"${OTHER_FILES}`, '"./'));
      // The compiled binary holds the file times; a fixed time makes equal sources give equal binaries.
      await Deno.utime(`${folder}/${name}`, 0, 0);
    }
    return undefined;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** The file of a start, `knock-10.js`. */
function startFile(start: string, names: readonly string[]): string {
  const [file, ...more] = names.filter((name) => name.replace(/-\d+\.js$/, "") === start);
  if (file === undefined || more.length > 0) throw new Error(`not one chunk is called ${start}`);
  return file;
}

async function denoBundle(args: readonly string[], cwd: string): Promise<string | undefined> {
  const { code, stdout, stderr } = await run(Deno.execPath(), args, { cwd });
  return code === 0 ? undefined : stderr.trim() || stdout.trim();
}

async function readFolder(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const { name } of Deno.readDirSync(folder)) {
    files.set(name, await Deno.readTextFile(`${folder}/${name}`));
  }
  return files;
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
