/**
 * Names in the server's files that are in no table.
 *
 * @module
 */
import { nearestWord } from "./did_you_mean.ts";
import { type RetiredName, retirementAdvice } from "./variable.ts";

/** What to do about the name: one line without a full stop. */
export function unknownNameHint(
  name: string,
  known: readonly string[],
  retired: readonly RetiredName[],
): string {
  if (name.startsWith("#")) return "A comment must start in the first column";
  const advice = retirementAdvice(retired, name);
  if (advice !== undefined) return advice;
  const nearest = nearestWord(name, known);
  return nearest === undefined ? "The line has no effect" : `Did you mean ${nearest}?`;
}
