/**
 * Prints the errors and warnings of a configuration.
 *
 * @module
 */
import { type Diagnostic, formatDiagnostic } from "../lib/errors/diagnostic.ts";
import { toJson } from "../lib/one_line.ts";
import type { Context } from "./context.ts";

/** Prints the errors and warnings of a configuration. */
export type DiagnosticPrinter = (diagnostics: readonly Diagnostic[], context: Context) => void;

/** Prints findings on standard error, one object per line, for a log in JSON. */
export function printDiagnosticObjects(
  diagnostics: readonly Diagnostic[],
  context: Context,
): void {
  const time = Date.now() / 1000;
  for (const diagnostic of diagnostics) {
    context.err(`${toJson({ event: "log", ...diagnostic, time })}\n`);
  }
}

/** Prints findings on standard error: the C daemon's line if it has one, our text, position, hint. */
export function printDiagnostics(diagnostics: readonly Diagnostic[], context: Context): void {
  for (const diagnostic of diagnostics) context.err(`${formatDiagnostic(diagnostic)}\n`);
}
