/**
 * `deno task mutants`: switches off every check on the server's path, one at a time, in a copy of the tree, and runs the
 * test that must then fail. Prints the table; exit status 1 if no test notices that a check is off.
 *
 * @module
 */
import { type Mutant, MUTANTS } from "./mutant_table.ts";
import { ROOT, run } from "./process.ts";
import { sourceFiles } from "./source_files.ts";

/** Seconds that a test may take. A test that hangs because of a mutant has noticed it too. */
const LIMIT = 60;

/** The outcome of one mutant. */
export type MutantOutcome = "killed" | "SURVIVED" | "NO SUCH PLACE" | "NO SUCH TEST";

/** The text of a file with the patch applied; `undefined` if the patch does not apply exactly once. */
export function applyPatch(source: string, { text, becomes }: Mutant): string | undefined {
  if (text === "" || source.split(text).length !== 2) return undefined;
  const patched = source.replace(text, () => becomes);
  return patched === source ? undefined : patched;
}

/** Copies the source tree. */
async function copyTree(target: string): Promise<void> {
  for (const path of sourceFiles(ROOT)) {
    const folder = path.split("/").slice(0, -1).join("/");
    await Deno.mkdir(`${target}/${folder}`, { recursive: true });
    await Deno.copyFile(ROOT + path, `${target}/${path}`);
  }
}

/** Runs the tests of that name in the tree. Returns whether they passed or failed, or that there is no such test. */
async function runTest(
  tree: string,
  [file, test]: Mutant["killer"],
): Promise<"passed" | "failed" | "none"> {
  const pattern = `/^${test.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")}$/`;
  const args = ["test", "--allow-all", "--no-check", "--frozen", "--filter", pattern];
  const { code, stdout, stderr } = await run(Deno.execPath(), [...args, `test/${file}`], {
    cwd: tree,
    limit: LIMIT,
  });
  if (code !== 0) return "failed";
  return /\b[1-9][0-9]* passed/.test(stdout + stderr) ? "passed" : "none";
}

async function tryMutant(tree: string, mutant: Mutant): Promise<MutantOutcome> {
  const path = `${tree}/${mutant.file}`;
  const source = await Deno.readTextFile(path).catch(() => "");
  const patched = applyPatch(source, mutant);
  if (patched === undefined) return "NO SUCH PLACE";
  await Deno.writeTextFile(path, patched);
  const verdict = await runTest(tree, mutant.killer);
  await Deno.writeTextFile(path, source);
  if (verdict !== "failed") return verdict === "none" ? "NO SUCH TEST" : "SURVIVED";
  return "killed";
}

/** The tests that do not pass in an unchanged tree: they cannot notice a mutant. */
async function findUseless(tree: string): Promise<string[]> {
  const useless: string[] = [];
  const killers = new Map(MUTANTS.map(({ killer }) => [killer.join("\0"), killer]));
  for (const killer of killers.values()) {
    const verdict = await runTest(tree, killer);
    if (verdict !== "passed") {
      useless.push(`${killer.join(": ")}: ${verdict} in the unchanged tree`);
    }
  }
  return useless;
}

function leftAligned(rows: readonly (readonly string[])[]): string[] {
  const width = (column: number): number =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) =>
    row.map((cell, column) => cell.padEnd(width(column))).join("  ").trimEnd()
  );
}

if (import.meta.main) {
  const only = Deno.args[0];
  const tree = await Deno.makeTempDir({ prefix: "fwknop-mutants-" });
  const rows: string[][] = [["check", "switched off", "file", "noticed by", ""]];
  let failures = 0;
  try {
    await copyTree(tree);
    const useless = only === undefined ? await findUseless(tree) : [];
    for (const line of useless) console.log(line);
    failures += useless.length;
    for (const mutant of MUTANTS) {
      if (only !== undefined && !`${mutant.check}, ${mutant.off}`.includes(only)) continue;
      const outcome = await tryMutant(tree, mutant);
      if (outcome !== "killed") failures++;
      rows.push([mutant.check, mutant.off, mutant.file, mutant.killer[1], outcome]);
    }
  } finally {
    await Deno.remove(tree, { recursive: true });
  }
  for (const line of leftAligned(rows)) console.log(line);
  console.log(`\n${rows.length - 1} mutants, ${failures} not noticed`);
  if (failures > 0) Deno.exit(1);
}
