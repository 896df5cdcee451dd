/**
 * The steps of the path of a packet (`docs/architecture.md`).
 *
 * @module
 */

/** All steps, in order. */
export const STEPS = [
  "screen",
  "source",
  "seen",
  "stanza",
  "authenticate",
  "remember",
  "authorize",
  "resolve",
  "act",
] as const;

/** One step. */
export type Step = typeof STEPS[number];

/** Whether only the holder of a stanza's keys gets to that step. */
export function isPastAuthentication(step: Step): boolean {
  return STEPS.indexOf(step) > STEPS.indexOf("authenticate");
}
