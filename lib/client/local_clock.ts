/**
 * What this machine knows about its own time.
 *
 * @module
 */
import { isClockKept } from "../../ffi/clock_state.ts";

/** A clock, read once. */
export interface LocalClock {
  /** Seconds since 1970 UTC. */
  readonly now: number;
  /** Whether something keeps it right; `undefined`: the system does not say. */
  readonly isKept: boolean | undefined;
}

/** Reads the clock of the system. */
export function readClock(): LocalClock {
  return { now: Math.floor(Date.now() / 1000), isKept: isClockKept() };
}
