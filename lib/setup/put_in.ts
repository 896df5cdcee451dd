/**
 * Puts the steps of a set-up in, and takes them out.
 *
 * @module
 */
import { HintedError } from "../errors/hinted_error.ts";
import type { SetupHost } from "./host.ts";
import { type Journal, type StepRecord, writeJournal } from "./journal.ts";
import { type PlannedStep, putInStep, showStep, showTakenOut, takeOutStep } from "./steps.ts";

/** Called with the lines of each step before it is put in, or after it was taken out. */
export type SayStep = (lines: readonly string[]) => void;

/**
 * Puts steps in, one after the other. Before each one, the journal on the disk names it.
 *
 * @returns the journal with the new steps.
 * @throws {HintedError} if a step cannot be put in; the journal names it and those before it.
 */
export async function putIn(
  journal: Journal,
  steps: readonly PlannedStep[],
  host: SetupHost,
  say: SayStep,
): Promise<Journal> {
  let current = journal;
  for (const step of steps) {
    current = { ...current, steps: [...current.steps, step.record] };
    await writeJournal(host, current);
    say(showStep(step));
    await putInStep(step, host);
  }
  return current;
}

/** What is still there after everything that can be taken out was taken out. */
export interface TakeOutResult {
  /** What stays on purpose, and why. */
  readonly left: readonly string[];
  /** What could not be taken out. */
  readonly failures: readonly string[];
}

/** A program that a killed process started may put something in once more: it is looked for again, so many times. */
const MOST_ROUNDS = 5;

/** Takes steps out, the last one first. A step that fails does not keep the others in. */
export async function takeOut(
  steps: readonly StepRecord[],
  host: SetupHost,
  say: SayStep,
): Promise<TakeOutResult> {
  const left = new Set<string>();
  for (let round = 0;; round++) {
    const failures: string[] = [];
    let isClean = true;
    for (const record of steps.toReversed()) {
      try {
        const found = await takeOutStep(record, host);
        if (found.left !== undefined) left.add(found.left);
        if (!found.wasIn) continue;
        isClean = false;
        const command = showTakenOut(record);
        if (command !== undefined) say([command]);
      } catch (error) {
        if (!(error instanceof HintedError)) throw error;
        failures.push(error.message);
      }
    }
    if (round === MOST_ROUNDS || (isClean && (failures.length === 0 || round > 0))) {
      return { left: [...left], failures };
    }
  }
}
