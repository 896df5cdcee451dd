/**
 * `deno task ok`: everything that must hold before a commit. One line per check, then the tests, then one line with
 * the totals; exit status 1 when anything failed. `--quick` (`deno task quick`) leaves out the checks that take
 * longer than a minute.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { compiledUnavailable, TEST_BINARY } from "../test/support/compiled_binary.ts";
import { buildTestBinary } from "./build.ts";
import { bundle, checkBundle } from "./bundle.ts";
import { type Check, formatTotal, type Outcome, runChecks, skip, verdict } from "./check.ts";
import { checkDocs } from "./check_docs.ts";
import { checkExports } from "./check_exports.ts";
import { checkImports } from "./check_imports.ts";
import { checkLanguage } from "./check_language.ts";
import { checkTests } from "./check_tests.ts";
import { homeProblems, homeTraces, useOwnHome } from "./own_home.ts";
import { findProgram, npx, ROOT, run } from "./process.ts";
import { runAllTests, runDenoTest } from "./run_tests.ts";
import { isUnit, planTests, testFiles } from "./test_plan.ts";

/** The oldest Deno that runs the code; the compiled test binary is made with it. */
const OLDEST_DENO = "deno@2.4.2";

/** The documents and examples with code that runs. */
const DOCUMENTED = ["main.ts", "cmd", "lib", "ffi", "README.md", "docs/architecture.md"];

/** Runs this Deno in the tree; its output is the detail of a failure. */
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

/** Builds the binary once for all tests: without this, each of their processes would build it. */
async function testBinary(): Promise<Outcome> {
  const reason = await compiledUnavailable();
  if (reason !== undefined) return skip(reason);
  Deno.env.set(TEST_BINARY, await buildTestBinary());
  return verdict("");
}

async function existing(paths: readonly string[]): Promise<string[]> {
  const there = await Promise.all(
    paths.map((path) => Deno.stat(ROOT + path).then(() => true, () => false)),
  );
  return paths.filter((_, index) => there[index]);
}

/** Seconds after which the examples in the documents count as hanging. */
const EXAMPLES_LIMIT = 5 * 60;

async function examples(): Promise<Outcome> {
  const { outcome } = await runDenoTest(["--doc", ...await existing(DOCUMENTED)], {
    limit: EXAMPLES_LIMIT,
  });
  return outcome;
}

/** Runs first and alone: the later checks then find the packages in the cache, for every version of Deno. */
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
  { name: "imports point one way, in no circle", run: async () => verdict(await checkImports()) },
  {
    name: "exported names are used, and each means one thing",
    run: () => Promise.resolve(verdict(checkExports())),
  },
  {
    name: "every file of lib/ with a branch has its test",
    run: () => Promise.resolve(verdict(checkTests())),
  },
  { name: "bundle is free of node: and CommonJS", run: bundleIsLight },
  {
    name: "texts are in plain technical English",
    run: () => Promise.resolve(verdict(checkLanguage())),
  },
  { name: "links and citations lead somewhere", run: () => Promise.resolve(verdict(checkDocs())) },
  { name: "the binary of the tests is built", run: testBinary },
  { name: "examples in the documents run", run: examples },
];

/** The checks that `deno task quick` leaves out. */
const SLOW_CHECKS: readonly string[] = [
  "types on 2.4",
  "the binary of the tests is built",
  "examples in the documents run",
];

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: { quick: { type: "boolean", default: false } },
  });
  const start = performance.now();
  const print = (line: string): void => console.log(line);
  const home = Deno.env.get("HOME");
  const homeBefore = homeTraces(home);
  useOwnHome();
  const outcomes = await runChecks([DEPENDENCIES], 1, print);
  const checks = STATIC_CHECKS.filter(({ name }) => !values.quick || !SLOW_CHECKS.includes(name));
  outcomes.push(...await runChecks(checks, 2, print));
  const files = testFiles(ROOT).filter((file) => !values.quick || isUnit(file));
  outcomes.push(
    ...await runChecks(
      [
        { name: values.quick ? "unit tests" : "tests", run: () => runAllTests(planTests(files)) },
      ],
      1,
      print,
    ),
  );
  outcomes.push(
    ...await runChecks(
      [{
        name: "the home folder is as it was",
        run: () => Promise.resolve(verdict(homeProblems(homeBefore, homeTraces(home)))),
      }],
      1,
      print,
    ),
  );
  console.log(`\n${((performance.now() - start) / 1000).toFixed(0)} s`);
  console.log(formatTotal(outcomes));
  if (outcomes.some(({ failed }) => failed > 0)) Deno.exit(1);
}
