/**
 * Splits a line of UCI into words: bare, in single quotes, in double quotes, or several of these joined.
 *
 * @module
 */
import { failure, type Result, success } from "../errors/result.ts";

/** A word and its position. Columns count from 0. */
export interface UciWord {
  readonly text: string;
  readonly column: number;
  /** Where its text begins: after the quote, if it has one. */
  readonly valueOffset: number;
}

/** What is wrong with a line. */
interface UciLineError {
  readonly text: string;
  /** From 0. */
  readonly column: number;
  readonly hint: string;
}

/** A part of a word. In double quotes, and outside of quotes, a backslash escapes the next character. */
const PIECE = /'([^']*)'|"((?:[^"\\]|\\.)*)"|((?:[^\s'"#;\\]|\\.)+)/sy;

/**
 * Returns the words of a line, or what is wrong with it. A `#` outside of quotes starts a comment. Stricter than
 * libuci: a quote must end on its line, and two statements on one line are refused.
 *
 * @param offset added to all columns.
 */
export function readUciWords(line: string, offset = 0): Result<readonly UciWord[], UciLineError> {
  const words: UciWord[] = [];
  let at = 0;
  for (;;) {
    at += /^\s*/.exec(line.slice(at))?.[0].length ?? 0;
    if (at === line.length || line[at] === "#") return success(words);
    const column = at;
    let text = "";
    for (let piece = pieceAt(line, at); piece !== undefined; piece = pieceAt(line, at)) {
      text += piece.text;
      at += piece.length;
    }
    const next = line[at];
    if (next !== undefined && !/[\s#]/.test(next)) return failure(problem(next, at + offset));
    if (!isReadable(text)) return failure({ ...UNREADABLE, column: column + offset });
    const quote = /['"]/.test(line[column] ?? "") ? 1 : 0;
    words.push({ text, column: column + offset, valueOffset: column + quote + offset });
  }
}

/** Whether a value is UTF-8 without control characters. */
export function isReadable(text: string): boolean {
  // deno-lint-ignore no-control-regex -- they are what is looked for
  return !/[\x00-\x08\x0a-\x1f\x7f\ufffd]/.test(text);
}

/** The error about a value that is not readable. */
export const UNREADABLE = {
  text: "The value is not text",
  hint: "Write UTF-8 without control characters",
};

function problem(next: string, column: number): UciLineError {
  if (next === ";") {
    return { text: "';' ends a statement", column, hint: "Put the value in quotes" };
  }
  if (next === "\\") return { text: "Nothing follows '\\'", column, hint: "Write '\\\\'" };
  return { text: `The quote ${next} has no end on this line`, column, hint: "Close it" };
}

function pieceAt(line: string, at: number): { text: string; length: number } | undefined {
  PIECE.lastIndex = at;
  const [piece, single, double, bare] = PIECE.exec(line) ?? [];
  if (piece === undefined) return undefined;
  const text = single ?? (double ?? bare ?? "").replace(/\\(.)/gs, "$1");
  return { text, length: piece.length };
}
