/**
 * How a refusal or a finding is explained.
 *
 * @module
 */

/** Plain words. */
export interface Explanation {
  /** The fact that matters, in one clause. */
  readonly fact: string;
  /** What to look at or to change; a question or a command. */
  readonly hint: string;
}
