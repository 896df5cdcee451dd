/**
 * Explains refusals to the administrator: what failed, by how much, and what to change. `serve -v`, JSON and `explain`
 * use it.
 *
 * @module
 */
import { type Refusal, rowOf } from "../server/refusal.ts";
import { quotedFacts } from "./quoted_facts.ts";

/** The explanation of a refusal or a finding. */
export interface Explanation {
  /** The important fact, in one clause. */
  readonly fact: string;
  /** What to check or to change, as a question or a command. */
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
