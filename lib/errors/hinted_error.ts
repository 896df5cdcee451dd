/**
 * Errors that tell the user what to do next.
 *
 * @module
 */

/**
 * Something in the environment is wrong: a missing file, a port in use, a dead library. Reaches the user as one line
 * and the hint below it; programming errors are thrown as they are.
 */
export class HintedError extends Error {
  override readonly name = "HintedError";
  /** What to do about it: a sentence or a command, without full stop. */
  readonly hint: string | undefined;

  /** @param message in sentence case, with the value and what is allowed, without a full stop. */
  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.hint = options.hint;
  }
}
