/**
 * A bound on the wait for the streams of a program that has ended.
 *
 * @module
 */
import type { Reading } from "./bounded_output.ts";

/** Milliseconds that the end of a stream may come after the end of its program. */
const LINGER = 200;

/**
 * Waits until streams have ended, and gives up those that somebody holds open.
 *
 * @returns whether all ended by themselves.
 */
export async function settleStreams(readings: readonly Reading[]): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => timer = setTimeout(resolve, LINGER, false));
  const ended = Promise.all(readings.map(({ done }) => done)).then(() => true);
  const hasEnded = await Promise.race([ended, late]);
  clearTimeout(timer);
  for (const { cancel } of readings) cancel();
  return hasEnded;
}
