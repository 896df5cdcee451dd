/**
 * Telling what is wrong with a configuration.
 *
 * @module
 */
import { type Diagnostic, formatDiagnostic } from "../lib/errors/diagnostic.ts";
import { toJson } from "../lib/one_line.ts";
import type { Context } from "./context.ts";

/** Tells what is wrong with a configuration. */
export type DiagnosticPrinter = (diagnostics: readonly Diagnostic[], context: Context) => void;

/** Prints findings on standard error, an object a line, for those who asked for a log in JSON. */
export function printDiagnosticObjects(
  diagnostics: readonly Diagnostic[],
  context: Context,
): void {
  const time = Date.now() / 1000;
  for (const diagnostic of diagnostics) {
    context.err(`${toJson({ event: "log", ...diagnostic, time })}\n`);
  }
}

/** Prints findings on standard error: text, which begins with the C daemon's line if it has one, place, hint. */
export function printDiagnostics(diagnostics: readonly Diagnostic[], context: Context): void {
  for (const diagnostic of diagnostics) context.err(`${formatDiagnostic(diagnostic)}\n`);
}
