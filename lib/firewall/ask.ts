/**
 * Asking the host's firewall programs what is there.
 *
 * @module
 */
import type { Outcome } from "./plan.ts";
import { runOnce } from "./run_once.ts";

/** Runs a program that only shows something. Never rejects. */
export type AskProgram = (...words: string[]) => Promise<Outcome>;

/** How long a look at the host may take, in milliseconds: a start must not hang on a firewall that does. */
const PATIENCE = 3_000;

/** Runs a program of this host. */
export const askHost: AskProgram = (...words) => runOnce({ words }, PATIENCE);

/** The same, and what was asked before is not asked again. */
export function askEachOnce(ask: AskProgram): AskProgram {
  const outcomes = new Map<string, Promise<Outcome>>();
  return (...words) => {
    const key = JSON.stringify(words);
    const outcome = outcomes.get(key) ?? ask(...words);
    outcomes.set(key, outcome);
    return outcome;
  };
}
