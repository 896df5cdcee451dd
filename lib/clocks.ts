/**
 * Clocks for deadlines. When the time of day is set back, no grant may live longer than it was granted for.
 *
 * @module
 */

/** The time of day, which may be set, and a clock that only goes forward. */
export interface Clocks {
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number;
  /** Milliseconds since an arbitrary moment. */
  readonly steady: () => number;
}

/** Whole seconds since 1970 UTC. */
export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** The clocks of this host. */
export const HOST_CLOCKS: Clocks = { now: Date.now, steady: () => performance.now() };

/**
 * The value of the steady clock when the time of day will reach `seconds` since 1970 UTC, as both clocks stand now. The
 * deadline also passes when the time of day reaches it earlier, so a clock that was corrected counts.
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
