/**
 * The facts of a refusal, on their way into a line.
 *
 * @module
 */
import { oneLine } from "../one_line.ts";

/** The facts as they may stand in a line: packets, programs and the system have a hand in their texts. */
export function quotedFacts<F extends object>(facts: F): F {
  return Object.fromEntries(
    Object.entries(facts).map((
      [name, value],
    ) => [name, typeof value === "string" ? oneLine(value) : value]),
  ) as F;
}
