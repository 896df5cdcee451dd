/**
 * Positions in files.
 *
 * @module
 */
import { visible } from "../one_line.ts";

/** A position in a file. Lines and columns count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** `file:line:column`. */
export function formatPosition(position: Position): string {
  return `${visible(position.file)}:${position.line}:${position.column}`;
}
