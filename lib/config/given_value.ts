/**
 * A value that the administrator wrote, in a file or on the command line.
 *
 * @module
 */
import type { Position } from "../errors/position.ts";
import type { FwknopdName } from "./fwknopd_variables.ts";

/** A value and its origin. */
export interface GivenValue {
  /** As written, after substitution. */
  readonly text: string;
  /** Position of the value; absent if it is from the command line. */
  readonly position?: Position;
  /** The option that gave it, without dashes. */
  readonly option?: string;
}

/** The written values by variable. Variables that have their default are not in it. */
export type GivenSettings = ReadonlyMap<FwknopdName, GivenValue>;
