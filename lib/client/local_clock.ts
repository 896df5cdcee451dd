/**
 * Reads the clock of this machine, and whether a time service keeps it correct.
 *
 * @module
 */
import { isClockKept } from "../../ffi/clock_state.ts";

/** A clock, read once. */
export interface LocalClock {
  /** Seconds since 1970 UTC. */
  readonly now: number;
  /** Whether a time service keeps it correct; `undefined`: the system does not report it. */
  readonly isKept: boolean | undefined;
}

/** Reads the clock of the system. */
export function readClock(): LocalClock {
  return { now: Math.floor(Date.now() / 1000), isKept: isClockKept() };
}
