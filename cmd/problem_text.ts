/**
 * The text of the client's problems for the user.
 *
 * @module
 */
import { visibleLines } from "../lib/one_line.ts";
import { type Diagnostic, formatDiagnostic } from "../lib/errors/diagnostic.ts";
import { formatPosition } from "../lib/errors/position.ts";
import type { Dialect } from "../lib/dialect.ts";
import type { Problem } from "../lib/client/problem.ts";
import { type Context, ExitCode } from "./context.ts";

/**
 * In the native dialect: one line, and the hint below it. In the C dialect: the C client's message if it has one, and
 * below it the position, if the problem is in a file.
 */
export function describeProblem(problem: Problem, dialect: Dialect): string {
  const { hint, position, reference } = problem.facts;
  const text = dialect === "c" ? reference ?? problem.text : `fwknop: ${problem.text}`;
  if (dialect === "c" && position === undefined) return visibleLines(`${text}\n`);
  const place = position === undefined ? "" : `\n  at ${formatPosition(position)}`;
  return visibleLines(`${text}${place}${hint === undefined ? "" : `\n  ${hint}`}\n`);
}

/** A finding in a configuration file. Its text is the C client's if there is one. */
export function describeDiagnostic(diagnostic: Diagnostic, dialect: Dialect): string {
  const prefix = dialect === "c" ? "" : "fwknop: ";
  return `${prefix}${formatDiagnostic(diagnostic)}\n`;
}

/** Prints the problem of a subcommand, if there is one; returns the exit status. */
export function tellProblem(problem: Problem | undefined, context: Context): number {
  if (problem === undefined) return ExitCode.ok;
  context.err(describeProblem(problem, "native"));
  return problem.facts.usage ? ExitCode.usage : ExitCode.failure;
}
