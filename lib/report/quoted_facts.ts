/**
 * Quotes the facts of a refusal for a line.
 *
 * @module
 */
import { oneLine } from "../one_line.ts";

/** The facts with every text quoted. Their texts may come from packets, programs and the system. */
export function quotedFacts<F extends object>(facts: F): F {
  return Object.fromEntries(
    Object.entries(facts).map((
      [name, value],
    ) => [name, typeof value === "string" ? oneLine(value) : value]),
  ) as F;
}
