/**
 * What keeps the client from doing what it was asked: a value, not an exception.
 *
 * @module
 */
import type { Position } from "../errors/position.ts";

/** How a problem is told and what the process makes of it. */
export interface ProblemFacts {
  /** What to do about it, without full stop. */
  readonly hint?: string;
  readonly position?: Position;
  /**
   * What the C client prints, where scripts may look for it and our own sentence says more. May span
   * several lines.
   */
  readonly reference?: string;
  /** This host has no way to the server. */
  readonly unreachable?: true;
  /** The command line is at fault rather than a file, a host or a key. */
  readonly usage?: true;
}

/** One reason why nothing is sent. Functions return it in place of their result. */
export class Problem {
  /** @param text the value and what is allowed, without full stop. */
  constructor(readonly text: string, readonly facts: ProblemFacts = {}) {}
}

/** A problem of the command line. */
export function usageProblem(text: string, facts: Omit<ProblemFacts, "usage"> = {}): Problem {
  return new Problem(text, { ...facts, usage: true });
}

/**
 * The C library's line about an argument it refuses (`docs/spec/client.md` 14), for programs that know
 * it by heart.
 */
export function libraryError(call: string, code: number, text: string): string {
  return `fwknop: ${call}: Error ${code} - ${text}`;
}
