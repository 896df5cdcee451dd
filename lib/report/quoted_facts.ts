/**
 * The facts of a refusal, on their way into a line.
 *
 * @module
 */
import { oneLine } from "../one_line.ts";
import type { Refusal, RefusalFacts } from "../server/refusal.ts";

/** The facts as they may stand in a line: packets, programs and the system have a hand in their texts. */
export function quotedFacts({ facts }: Refusal): RefusalFacts {
  const quoted: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(facts)) {
    quoted[name] = typeof value === "string" ? oneLine(value) : value;
  }
  return quoted;
}
