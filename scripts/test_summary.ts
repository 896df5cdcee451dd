/**
 * Reads what `deno test` prints.
 *
 * @module
 */

/** The outcome of one run of `deno test`. */
export interface TestSummary {
  readonly passed: number;
  readonly failed: number;
  readonly ignored: number;
  /** Names of skipped tests, in order, each with its reason (`test/support/needs.ts`). */
  readonly skipped: readonly string[];
  /** The part about failures, or everything when the run did not get as far as its summary. */
  readonly failures: string;
}

/** Parses the output of the `pretty` reporter without colours. */
export function parseTestOutput(output: string): TestSummary {
  const lines = output.split("\n");
  const summary = lines.findLast((line) => /^(ok|FAILED) \| /.test(line)) ?? "";
  const count = (word: string): number =>
    Number(new RegExp(`\\b(\\d+) ${word}\\b`).exec(summary)?.[1] ?? 0);
  const errors = output.indexOf("\n ERRORS ");
  const ended = summary !== "";
  return {
    passed: count("passed"),
    // A module that does not load may print no count.
    failed: Math.max(count("failed"), ended && summary.startsWith("ok") ? 0 : 1),
    ignored: count("ignored"),
    skipped: lines.flatMap((line) => /^(\S.*) \.\.\. ignored\b/.exec(line)?.[1] ?? []),
    failures: errors >= 0 ? output.slice(errors + 1) : output,
  };
}
