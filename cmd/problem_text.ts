/**
 * How findings of the client reach the user.
 *
 * @module
 */
import { visibleLines } from "../lib/one_line.ts";
import { type Diagnostic, formatDiagnostic } from "../lib/errors/diagnostic.ts";
import { formatPosition } from "../lib/errors/position.ts";
import type { Dialect } from "../lib/config/number.ts";
import type { Problem } from "../lib/client/problem.ts";
import { type Context, ExitCode } from "./context.ts";

/**
 * In our voice: one line with the hint below it. In the C client's: its own words where it has any, and below
 * them the place, if a file is at fault.
 */
export function describeProblem(problem: Problem, dialect: Dialect): string {
  const { hint, position, reference } = problem.facts;
  const text = dialect === "compat" ? reference ?? problem.text : `fwknop: ${problem.text}`;
  if (dialect === "compat" && position === undefined) return visibleLines(`${text}\n`);
  const place = position === undefined ? "" : `\n  at ${formatPosition(position)}`;
  return visibleLines(`${text}${place}${hint === undefined ? "" : `\n  ${hint}`}\n`);
}

/** A finding in a configuration file; its text is the C client's where there is one. */
export function describeDiagnostic(diagnostic: Diagnostic, dialect: Dialect): string {
  const prefix = dialect === "compat" ? "" : "fwknop: ";
  return `${prefix}${formatDiagnostic(diagnostic)}\n`;
}

/** Prints the problem of a subcommand, if there is one; returns the exit status. */
export function tellProblem(problem: Problem | undefined, context: Context): number {
  if (problem === undefined) return ExitCode.ok;
  context.err(describeProblem(problem, "native"));
  return problem.facts.usage ? ExitCode.usage : ExitCode.failure;
}
