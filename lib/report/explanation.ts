/**
 * Refusals for people: what failed, by how much, and what to change. `serve -v`, JSON and `explain` read from here.
 *
 * @module
 */
import { type Refusal, rowOf } from "../server/refusal.ts";
import { quotedFacts } from "./quoted_facts.ts";

/** Plain words. */
export interface Explanation {
  /** The fact that matters, in one clause. */
  readonly fact: string;
  /** What to look at or to change; a question or a command. */
  readonly hint: string;
}

/** Explains a refusal. */
export function explainRefusal(refusal: Refusal): Explanation {
  const { fact, hint } = rowOf(refusal);
  const facts = quotedFacts(refusal.facts);
  return {
    fact: typeof fact === "string" ? fact : fact(facts, refusal.packet),
    hint: typeof hint === "string" ? hint : hint(facts, refusal.packet),
  };
}
