/**
 * The steps on the path of a packet (`docs/architecture.md`).
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
export type PacketStep = typeof STEPS[number];

/** Whether only packets of a client that holds a stanza's keys reach the step. */
export function isPastAuthentication(step: PacketStep): boolean {
  return STEPS.indexOf(step) > STEPS.indexOf("authenticate");
}
