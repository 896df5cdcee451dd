/**
 * A problem that stops the client. It is a value, not an exception.
 *
 * @module
 */
import type { Position } from "../errors/position.ts";

/** How a problem is printed, and what it means for the exit status. */
export interface ProblemFacts {
  /** What to do about it, without a full stop. */
  readonly hint?: string;
  readonly position?: Position;
  /**
   * What the C client prints, if our sentence differs. Scripts may look for this text. It may span several lines.
   */
  readonly reference?: string;
  /** This host has no route to the server. */
  readonly unreachable?: true;
  /** The mistake is in the command line, not in a file, a host or a key. */
  readonly usage?: true;
}

/** One reason why nothing is sent. Functions return it in place of their result. */
export class Problem {
  /** @param text the value and what is allowed, without a full stop. */
  constructor(readonly text: string, readonly facts: ProblemFacts = {}) {}
}

/** A problem of the command line. */
export function usageProblem(text: string, facts: Omit<ProblemFacts, "usage"> = {}): Problem {
  return new Problem(text, { ...facts, usage: true });
}

/**
 * The C library's line about an argument that it refuses (`docs/spec/client.md` 14). Scripts may look for it.
 */
export function libraryError(call: string, code: number, text: string): string {
  return `fwknop: ${call}: Error ${code} - ${text}`;
}
