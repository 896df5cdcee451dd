/**
 * A problem told by a subcommand, and what it makes of the exit status.
 *
 * @module
 */
import type { Problem } from "../lib/client/problem.ts";
import { type Context, ExitCode } from "./context.ts";
import { describeProblem } from "./problem_text.ts";

/** Prints the problem, if there is one; returns the exit status. */
export function tellProblem(problem: Problem | undefined, context: Context): number {
  if (problem === undefined) return ExitCode.ok;
  context.err(describeProblem(problem, "native"));
  return problem.facts.usage ? ExitCode.usage : ExitCode.failure;
}
