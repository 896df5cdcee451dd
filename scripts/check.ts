/**
 * A check of the tree, and how a list of checks is run and reported.
 *
 * @module
 */

/** How a check ended. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Shown after the name: why it was skipped, or a count. */
  readonly remark?: string;
  /** Always shown below the line. */
  readonly notes?: readonly string[];
  /** Details, shown when the check failed. */
  readonly details?: string;
}

/** One property that the tree must have. */
export interface Check {
  readonly name: string;
  run(): Promise<Outcome>;
}

/** The outcome of a check that passes or fails. */
export function verdict(problems: string | readonly string[]): Outcome {
  const details = typeof problems === "string" ? problems : problems.join("\n");
  return details === ""
    ? { passed: 1, failed: 0, skipped: 0 }
    : { passed: 0, failed: 1, skipped: 0, details };
}

/** The outcome of a check that cannot run on this machine. */
export function skip(reason: string): Outcome {
  return { passed: 0, failed: 0, skipped: 1, remark: reason };
}

/** The line of a check: verdict, name, seconds, remark. */
export function formatOutcome(name: string, outcome: Outcome, seconds: number): string {
  const word = outcome.failed > 0 ? "FAILED" : outcome.passed === 0 ? "skipped" : "ok";
  const line = `${word.padEnd(8)}${name.padEnd(44)}${seconds.toFixed(1).padStart(6)} s`;
  const extra = [
    ...(outcome.remark === undefined ? [] : [`  ${outcome.remark}`]),
    ...(outcome.notes ?? []).map((note) => `\n          ${note}`),
  ];
  const details = outcome.failed > 0 ? outcome.details?.trimEnd() : undefined;
  return line + extra.join("") +
    (details === undefined ? "" : `\n${details.replace(/^/gm, "    ")}`);
}

/** The last line of a run. */
export function formatTotal(outcomes: readonly Outcome[]): string {
  const sum = (key: "passed" | "failed" | "skipped"): number =>
    outcomes.reduce((total, outcome) => total + outcome[key], 0);
  return `${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`;
}

/**
 * Runs checks, at most `width` at a time, and prints each line as soon as it is known. An exception
 * in a check is its failure.
 */
export async function runChecks(
  checks: readonly Check[],
  width: number,
  print: (line: string) => void,
): Promise<Outcome[]> {
  const waiting = [...checks];
  const outcomes: Outcome[] = [];
  const worker = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const start = performance.now();
      const outcome = await check.run().catch((error) =>
        verdict(error instanceof Error ? error.stack ?? error.message : String(error))
      );
      print(formatOutcome(check.name, outcome, (performance.now() - start) / 1000));
      outcomes.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return outcomes;
}
