/**
 * How an exception reaches the user.
 *
 * @module
 */
import { visibleLines } from "../lib/one_line.ts";
import { HintedError } from "../lib/errors/hinted_error.ts";

/** One line and, below it, the hint if there is one. A stack is shown only where the mistake is ours. */
export function describeFailure(error: unknown): string {
  return visibleLines(failureText(error));
}

function failureText(error: unknown): string {
  if (!(error instanceof Error)) return `fwknop: ${String(error)}\n`;
  if (!(error instanceof HintedError)) {
    return `fwknop: internal error: ${error.stack ?? error.message}\n`;
  }
  return `fwknop: ${error.message}\n${error.hint === undefined ? "" : `  ${error.hint}\n`}`;
}
