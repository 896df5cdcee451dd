/**
 * Clocks for deadlines: a time of day that is set back must not let anything live longer than was granted.
 *
 * @module
 */

/** The time of day, which may be set, and a clock that only goes on. */
export interface Clocks {
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number;
  /** Milliseconds since anything. */
  readonly steady: () => number;
}

/** Seconds since 1970 UTC, whole. */
export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** Those of this host. */
export const HOST_CLOCKS: Clocks = { now: Date.now, steady: () => performance.now() };

/**
 * When `seconds` since 1970 UTC are reached by the steady clock, as things stand. What ends then ends too when the time
 * of day has come, if that is earlier: a clock that was set right counts.
 */
export function steadyDeadline({ now, steady }: Clocks, seconds: number): number {
  return steady() + seconds * 1000 - now();
}

/** Whether a deadline has passed by either clock. */
export function isOver(
  { now, steady }: Clocks,
  { seconds, at }: { readonly seconds: number; readonly at: number },
): boolean {
  return at <= steady() || seconds * 1000 <= now();
}
