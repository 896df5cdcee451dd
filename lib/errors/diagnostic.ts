/**
 * What is wrong with a configuration, and where.
 *
 * @module
 */
import { visibleLines } from "../one_line.ts";
import { formatPosition, type Position } from "./position.ts";

/** Kinds of finding that a program acts on; texts are for people. */
export type DiagnosticCode =
  /** Others than its owner may read or write the file `path`. */
  | "others-may-read"
  /** The file `path` belongs to another user. */
  | "owned-by-another"
  /** Somebody else can change a file or program: what it says is not to be acted on. */
  | "exposed"
  /** The file `path` is not there. */
  | "missing"
  /** The file `path` is there and cannot be read: its rights keep this user from it, or it is no file. */
  | "not-read";

/** One finding. An error stops the program, a warning is printed. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** The C tools' text where there is one; otherwise the value and what is allowed, without full stop. */
  readonly text: string;
  readonly position?: Position;
  /** What to do about it, without full stop. */
  readonly hint?: string;
  readonly code?: DiagnosticCode;
  /** The file that it is about as a whole. */
  readonly path?: string;
}

/** The text, the place and the hint, each on its line; no newline at the end. Safe to show. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { text, position, hint } = diagnostic;
  const place = position === undefined ? "" : `\n  at ${formatPosition(position)}`;
  return visibleLines(`${text}${place}${hint === undefined ? "" : `\n  ${hint}`}`);
}
