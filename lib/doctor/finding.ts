/**
 * What `fwknop doctor` finds.
 *
 * @module
 */

/** One result of the examination. */
export interface Finding {
  /** `unclear`: the doctor cannot decide whether it is right. */
  readonly state: "good" | "bad" | "unclear";
  /** In sentence case, without a full stop. */
  readonly text: string;
  /** The command or setting that repairs it. */
  readonly repair?: string;
}
