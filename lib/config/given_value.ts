/**
 * A value somebody wrote.
 *
 * @module
 */
import type { Position } from "../errors/position.ts";
import type { FwknopdName } from "./fwknopd_variables.ts";

/** A value with where it came from. */
export interface GivenValue {
  /** As written, after substitution. */
  readonly text: string;
  /** Where the value stands; absent: on the command line. */
  readonly position?: Position;
  /** The option that gave it, without dashes. */
  readonly option?: string;
}

/** What was written, by variable; variables at their default are not in it. */
export type GivenSettings = ReadonlyMap<FwknopdName, GivenValue>;
