/**
 * Asks the host's firewall programs for their current state.
 *
 * @module
 */
import type { Outcome } from "./plan.ts";
import { runOnce } from "./run_once.ts";

/** Runs a program that only lists something. Never rejects. */
export type AskProgram = (...words: string[]) => Promise<Outcome>;

/** How long one program may take, in milliseconds. A firewall that hangs must not make the start hang. */
const PATIENCE = 3_000;

/** Runs a program of this host. */
export const askHost: AskProgram = (...words) => runOnce({ words }, PATIENCE);

/** Asks each question once and keeps the outcome. */
export function askEachOnce(ask: AskProgram): AskProgram {
  const outcomes = new Map<string, Promise<Outcome>>();
  return (...words) => {
    const key = JSON.stringify(words);
    const outcome = outcomes.get(key) ?? ask(...words);
    outcomes.set(key, outcome);
    return outcome;
  };
}
