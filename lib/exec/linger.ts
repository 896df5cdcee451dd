/**
 * Limits the wait for the streams of a program that has ended.
 *
 * @module
 */
import type { StreamReading } from "./bounded_output.ts";

/** Milliseconds to wait for the end of a stream after its program has ended. */
const LINGER = 200;

/**
 * Waits until the streams have ended. Stops reading those that another process still holds open.
 *
 * @returns whether all streams ended.
 */
export async function settleStreams(readings: readonly StreamReading[]): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => timer = setTimeout(resolve, LINGER, false));
  const ended = Promise.all(readings.map(({ done }) => done)).then(() => true);
  const hasEnded = await Promise.race([ended, late]);
  clearTimeout(timer);
  for (const { cancel } of readings) cancel();
  return hasEnded;
}
