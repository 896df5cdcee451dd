/**
 * Runs a plan of tests: several processes side by side, then the files that measure, one at a time.
 *
 * @module
 */
import type { Outcome } from "./check.ts";
import { ROOT, run, type RunOptions, TIMED_OUT } from "./process.ts";
import type { Batch, TestPlan } from "./test_plan.ts";
import { parseTestOutput } from "./test_summary.ts";

/** The folder with the output and time of every batch; use `tail -f` on a file in it. */
export const TEST_LOGS = `${ROOT}coverage/logs`;

/** Seconds after which a batch counts as hanging. */
const BATCH_LIMIT = 10 * 60;

/** Processes at a time for each processor: most tests wait. */
const PROCESSES_PER_CORE = 2;

/** The outcome of one `deno test`. */
export interface TestRun {
  readonly outcome: Outcome;
  readonly seconds: number;
}

/** Runs `deno test` with these words. */
export async function runDenoTest(
  words: readonly string[],
  options: RunOptions & { readonly limit: number },
): Promise<TestRun> {
  const start = performance.now();
  const { code, stdout, stderr } = await run(
    Deno.execPath(),
    ["test", "--allow-all", "--quiet", "--frozen", "--permit-no-files", ...words],
    { cwd: ROOT, ...options },
  );
  const summary = parseTestOutput(`${stderr}\n${stdout}`);
  const late = code === TIMED_OUT ? `\nThe tests were killed after ${options.limit} s.` : "";
  const outcome = {
    passed: summary.passed,
    failed: summary.failed,
    skipped: summary.ignored,
    remark: `${summary.passed} passed, ${summary.failed} failed, ${summary.ignored} skipped`,
    notes: summary.skipped.map((name) => `skipped: ${name}`),
    details: summary.failures + late,
  };
  return { outcome, seconds: (performance.now() - start) / 1000 };
}

/** Adds up the outcomes of batches, with details of failed ones only. */
export function addOutcomes(outcomes: readonly Outcome[]): Outcome {
  const sum = (key: "passed" | "failed" | "skipped"): number =>
    outcomes.reduce((total, outcome) => total + outcome[key], 0);
  const [passed, failed, skipped] = [sum("passed"), sum("failed"), sum("skipped")];
  return {
    passed,
    failed,
    skipped,
    remark: `${passed} passed, ${failed} failed, ${skipped} skipped`,
    notes: [...new Set(outcomes.flatMap(({ notes = [] }) => notes))],
    details: outcomes.filter((outcome) => outcome.failed > 0)
      .map(({ details = "" }) => details.trimEnd()).join("\n"),
  };
}

/** Runs all batches of a plan; `words` are further options of `deno test`. */
export async function runAllTests(
  plan: TestPlan,
  words: readonly string[] = [],
  variables: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  await Deno.remove(TEST_LOGS, { recursive: true }).catch(() => {});
  await Deno.mkdir(TEST_LOGS, { recursive: true });
  const width = PROCESSES_PER_CORE * navigator.hardwareConcurrency;
  const outcomes = await runBatches(plan.together, width, words, variables);
  outcomes.push(...await runBatches(plan.alone, 1, words, variables));
  return addOutcomes(outcomes);
}

async function runBatches(
  batches: readonly Batch[],
  width: number,
  extra: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Outcome[]> {
  const waiting = [...batches];
  const outcomes: Outcome[] = [];
  const worker = async (): Promise<void> => {
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
      const [first = ""] = batch.files;
      const log = `${TEST_LOGS}/${first.replaceAll("/", "-")}.log`;
      // Types were checked before, tests included.
      const words = ["--no-check", ...extra, ...batch.files];
      const { outcome, seconds } = await runDenoTest(words, { env, log, limit: BATCH_LIMIT });
      const line = `${seconds.toFixed(1).padStart(6)} s  ${batch.files.join(" ")}\n`;
      await Deno.writeTextFile(`${TEST_LOGS}/seconds`, line, { append: true });
      outcomes.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return outcomes;
}
