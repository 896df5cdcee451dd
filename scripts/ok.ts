/**
 * `deno task ok`: everything that must hold before a commit. One line per check, then the tests with their
 * coverage, then one line with the totals; exit status 1 when anything failed.
 *
 * @module
 */
import { bundle, checkBundle } from "./bundle.ts";
import { type Check, formatTotal, type Outcome, runChecks, skip, verdict } from "./check.ts";
import { checkDocs } from "./check_docs.ts";
import { checkImports } from "./check_imports.ts";
import { coverageByFolder, formatCoverage } from "./coverage_summary.ts";
import { findProgram, mustRun, npx, ROOT, run, type RunOptions, TIMED_OUT } from "./process.ts";
import { parseTestOutput } from "./test_summary.ts";

/** The oldest Deno the code runs on; the compiled test binary is made with it. */
const OLDEST_DENO = "deno@2.4.2";

/** Where the documents and examples with code to run are. */
const DOCUMENTED = ["main.ts", "cmd", "lib", "ffi", "README.md", "docs/architecture.md"];

const COVERAGE = `${ROOT}coverage`;

/** What the tests say while they run; `tail -f` it. */
const TEST_LOG = `${ROOT}coverage/tests.log`;

/** Seconds after which the tests are taken to hang; they take about twelve minutes. */
const TEST_LIMIT = 20 * 60;

/** Runs this Deno in the tree; what it says when it fails is what went wrong. */
async function deno(...args: string[]): Promise<Outcome> {
  const { code, stdout, stderr } = await run(Deno.execPath(), args, { cwd: ROOT });
  return verdict(code === 0 ? "" : `${stdout}${stderr}`.trim() || `exit status ${code}`);
}

async function typesOnOldest(): Promise<Outcome> {
  if (findProgram("npx") === undefined) return skip("npx is not installed");
  if ((await npx([OLDEST_DENO, "--version"])).code !== 0) {
    return skip(`${OLDEST_DENO} cannot be had from npm here`);
  }
  // The product only: tests and scripts use node:, whose types 2.4 would have to download.
  const product = await existing(["main.ts", "cmd", "lib", "ffi"]);
  const args = [OLDEST_DENO, "check", "--quiet", "--frozen", ...product];
  const { code, stdout, stderr } = await npx(args, { cwd: ROOT });
  return verdict(code === 0 ? "" : `${stdout}${stderr}`.trim());
}

async function bundleIsLight(): Promise<Outcome> {
  const folder = await Deno.makeTempDir();
  try {
    const error = await bundle("main.ts", folder, ROOT);
    return verdict(error ?? await checkBundle(folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function existing(paths: readonly string[]): Promise<string[]> {
  const there = await Promise.all(
    paths.map((path) => Deno.stat(ROOT + path).then(() => true, () => false)),
  );
  return paths.filter((_, index) => there[index]);
}

async function runTests(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { code, stdout, stderr } = await run(
    Deno.execPath(),
    ["test", "--allow-all", "--quiet", "--frozen", "--permit-no-files", ...args],
    { cwd: ROOT, limit: TEST_LIMIT, ...options },
  );
  const summary = parseTestOutput(`${stderr}\n${stdout}`);
  const late = code === TIMED_OUT ? `\nThe tests were killed after ${TEST_LIMIT} s.` : "";
  return {
    passed: summary.passed,
    failed: summary.failed,
    skipped: summary.ignored,
    remark: `${summary.passed} passed, ${summary.failed} failed, ${summary.ignored} skipped`,
    notes: [...summary.ignoredNames.map((name) => `skipped: ${name}`), ...summary.reasons],
    details: summary.failures + late,
  };
}

async function tests(): Promise<Outcome> {
  await Deno.remove(COVERAGE, { recursive: true }).catch(() => {});
  await Deno.mkdir(COVERAGE);
  // Programs of ours that the tests start are counted too: they see the variable.
  const env = { DENO_COVERAGE_DIR: COVERAGE };
  // Types were checked before, tests included.
  const args = ["--no-check", "--coverage-raw-data-only", `--coverage=${COVERAGE}`];
  return await runTests([...args, "test"], { env, log: TEST_LOG });
}

async function showCoverage(): Promise<void> {
  const lcov = await mustRun(Deno.execPath(), ["coverage", "--lcov", COVERAGE], { cwd: ROOT });
  console.log("\nCoverage of lines by the tests:");
  for (const line of formatCoverage(coverageByFolder(lcov, ROOT))) console.log(`  ${line}`);
}

/** First and alone: what follows finds the packages in the cache, with whatever Deno it runs. */
const DEPENDENCIES: Check = {
  name: "dependencies are those of the lock file",
  run: () => deno("install", "--quiet", "--frozen"),
};

const STATIC_CHECKS: readonly Check[] = [
  { name: "format", run: () => deno("fmt", "--check") },
  { name: "lint, with the rules of the house", run: () => deno("lint", "--quiet") },
  {
    name: `types on ${Deno.version.deno}`,
    run: () => deno("check", "--quiet", "--frozen", "."),
  },
  { name: "types on 2.4", run: typesOnOldest },
  { name: "imports point one way", run: async () => verdict(await checkImports()) },
  { name: "bundle is free of node: and CommonJS", run: bundleIsLight },
  { name: "links and citations lead somewhere", run: async () => verdict(await checkDocs()) },
  {
    name: "examples in the documents run",
    run: async () => await runTests(["--doc", ...await existing(DOCUMENTED)]),
  },
];

if (import.meta.main) {
  const start = performance.now();
  const print = (line: string): void => console.log(line);
  const outcomes = await runChecks([DEPENDENCIES], 1, print);
  outcomes.push(...await runChecks(STATIC_CHECKS, 2, print));
  // Alone, because some tests measure time.
  outcomes.push(...await runChecks([{ name: "tests", run: tests }], 1, print));
  await showCoverage().catch((error) => console.log(`no coverage: ${error.message}`));
  console.log(`\n${((performance.now() - start) / 1000).toFixed(0)} s`);
  console.log(formatTotal(outcomes));
  if (outcomes.some(({ failed }) => failed > 0)) Deno.exit(1);
}
