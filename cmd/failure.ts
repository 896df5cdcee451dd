/**
 * The text of an exception for the user.
 *
 * @module
 */
import { visibleLines } from "../lib/one_line.ts";
import { HintedError } from "../lib/errors/hinted_error.ts";

/** One line, and the hint below it. The stack is shown only for a bug of this program. */
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
