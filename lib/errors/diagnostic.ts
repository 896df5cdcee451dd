/**
 * Errors and warnings about a configuration, with their positions.
 *
 * @module
 */
import { visibleLines } from "../one_line.ts";
import { formatPosition, type Position } from "./position.ts";

/** Kinds of diagnostics that programs act on. The texts are for people. */
export type DiagnosticCode =
  /** Users other than its owner may read or write the file `path`. */
  | "others-may-read"
  /** The file `path` belongs to another user. */
  | "owned-by-another"
  /** Another user can change a file or program, so the program must not act on its content. */
  | "exposed"
  /** The file `path` does not exist. */
  | "missing"
  /** The file `path` exists but cannot be read: its permissions forbid it, or it is not a file. */
  | "not-read";

/** One error or warning. An error stops the program; a warning is printed. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** The C tools' text if there is one; otherwise the value and what is allowed, without full stop. */
  readonly text: string;
  readonly position?: Position;
  /** How to repair it, without full stop. */
  readonly hint?: string;
  readonly code?: DiagnosticCode;
  /** The file, if the diagnostic is about a whole file. */
  readonly path?: string;
}

/** Text, position and hint, each on its own line, without newline at the end. Safe to print. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { text, position, hint } = diagnostic;
  const place = position === undefined ? "" : `\n  at ${formatPosition(position)}`;
  return visibleLines(`${text}${place}${hint === undefined ? "" : `\n  ${hint}`}`);
}
