/**
 * What is wrong with a configuration, and where.
 *
 * @module
 */
import type { Position } from "./stanza.ts";

/** One finding. An error stops the program, a warning is printed. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** The C tools' text where there is one; otherwise the value and what is allowed, without full stop. */
  readonly text: string;
  readonly position?: Position;
  /** What to do about it, without full stop. */
  readonly hint?: string;
}

/** `file:line:column`. */
export function formatPosition(position: Position): string {
  return `${position.file}:${position.line}:${position.column}`;
}

/** The text, the place and the hint, each on its line; no newline at the end. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { text, position, hint } = diagnostic;
  const place = position === undefined ? "" : `\n  at ${formatPosition(position)}`;
  return `${text}${place}${hint === undefined ? "" : `\n  ${hint}`}`;
}
