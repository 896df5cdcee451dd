/**
 * What `fwknop doctor` finds.
 *
 * @module
 */

/** One thing that was looked at. */
export interface Finding {
  /** `unclear`: it may be as it should, and cannot be told. */
  readonly state: "good" | "bad" | "unclear";
  /** In sentence case, without a full stop. */
  readonly text: string;
  /** The command or setting that mends it. */
  readonly mend?: string;
}
