/**
 * Errors that tell the user what to do next.
 *
 * @module
 */

/**
 * Something in the environment is wrong, for example a missing file, a port in use or a broken library. The user sees
 * one line and the hint below it. Programming errors are not of this class.
 */
export class HintedError extends Error {
  override readonly name = "HintedError";
  /** How to repair it: a sentence or a command, without full stop. */
  readonly hint: string | undefined;

  /** @param message in sentence case, with the value and what is allowed, without a full stop. */
  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.hint = options.hint;
  }
}
