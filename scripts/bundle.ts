/**
 * The one JavaScript file that is compiled, and what it may not contain.
 *
 * @module
 */
import { run } from "./process.ts";

/**
 * Modules of `node:` that may be loaded when a rare option asks for them. Empty: the first one costs 12 to 40 ms
 * at start, and nothing needs any.
 */
const LAZY_NODE_MODULES: readonly string[] = [];

/** What `deno bundle` is asked to make of an entry module. */
export function bundleArguments(entry: string, output: string): string[] {
  // The browser condition keeps packages from choosing their variant for Node.
  return ["bundle", "--quiet", "--frozen", "--platform", "browser", "-o", output, entry];
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

/** Writes the bundle; returns what `deno bundle` said when it failed. */
export async function bundle(
  entry: string,
  output: string,
  cwd: string,
): Promise<string | undefined> {
  const { code, stdout, stderr } = await run(Deno.execPath(), bundleArguments(entry, output), {
    cwd,
  });
  if (code !== 0) return stderr.trim() || stdout.trim();
  await Deno.writeTextFile(output, neutralPaths(await Deno.readTextFile(output)));
  return undefined;
}

/** One sentence for every import of a bundle that would slow down or break the binary. */
export function bundleProblems(source: string): string[] {
  const problems: string[] = [];
  for (
    const [, module] of source.matchAll(/^\s*(?:import|export)\b[^;"'`]*["'](node:[^"']+)["']/gm)
  ) {
    problems.push(`${module} is imported at top level`);
  }
  for (const [, module = ""] of source.matchAll(/\bimport\(\s*["'`](node:[^"'`]+)["'`]\s*\)/g)) {
    if (!LAZY_NODE_MODULES.includes(module)) problems.push(`${module} is loaded lazily, unlisted`);
  }
  if (/\brequire\(\s*["']/.test(source)) problems.push("a CommonJS module is in the bundle");
  return [...new Set(problems)];
}
