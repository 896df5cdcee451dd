/**
 * The line grammar that `fwknopd.conf` and `access.conf` share (`docs/spec/server.md` 4.1, 5.1).
 *
 * @module
 */
import type { Diagnostic } from "../errors/diagnostic.ts";
import type { Position } from "../errors/position.ts";

/** A line that sets a variable. */
export interface SettingLine {
  readonly kind: "setting";
  /** As written, with a colon at its end if it has one. */
  readonly name: string;
  /** At least one character; no blank at either end. */
  readonly value: string;
  /** Position of the name. */
  readonly position: Position;
  /** Position of the value. */
  readonly valuePosition: Position;
  /** Whether blanks followed the value. Release 2.6.10 takes them as part of it. */
  readonly trailingBlanks: boolean;
  /** Text after the `;` or CR that ended the value, trimmed; empty if absent. */
  readonly rest: string;
}

/** A line that is neither a setting nor a comment. */
export interface MalformedLine {
  readonly kind: "malformed";
  readonly text: string;
  readonly position: Position;
  /** `not text`: bytes that are not UTF-8, or NUL. */
  readonly reason: "no value" | "not text";
}

/** One line that is not a comment. */
export type ConfigLine = SettingLine | MalformedLine;

/** NAME, blanks, VALUE up to `;` or CR, and the rest. */
const SETTING = /^([ \t\v\f]*)([^ \t\v\f\r]+)([ \t\v\f]+)([^;\r]*)([;\r]?)(.*)$/s;

/** A UTF-8 decoder puts it in place of bytes that are not UTF-8. */
const REPLACEMENT = "\uFFFD";

const NOT_TEXT = new RegExp(`[\0${REPLACEMENT}]`);

/**
 * Yields the lines that are not comments. Only LF ends a line, and only `#`, `;` or CR as first character makes a
 * comment, as in the C daemon. Lines longer than the C daemon's 1023 characters are not cut.
 *
 * @param text the file, decoded so that bytes that are not UTF-8 became U+FFFD.
 */
export function* readLines(text: string, file: string): Generator<ConfigLine, void> {
  // Lines are read one at a time, because a file may have a hundred thousand.
  for (let start = 0, number = 1; start <= text.length; number++) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end);
    if (line !== "" && !/^[#;\r]/.test(line)) yield readLine(line, file, number);
    start = end + 1;
  }
}

function readLine(text: string, file: string, line: number): ConfigLine {
  const at = (index: number): Position => ({ file, line, column: index + 1 });
  const unreadable = text.search(NOT_TEXT);
  if (unreadable >= 0) {
    return { kind: "malformed", text, position: at(unreadable), reason: "not text" };
  }
  const [, indent = "", name = "", gap = "", written = "", , rest = ""] = SETTING.exec(text) ?? [];
  const value = written.replace(/[ \t\v\f]+$/, "");
  if (value === "") {
    const position = at(Math.max(0, text.search(/[^ \t\v\f\r]/)));
    return { kind: "malformed", text, position, reason: "no value" };
  }
  return {
    kind: "setting",
    name,
    value,
    position: at(indent.length),
    valuePosition: at(indent.length + name.length + gap.length),
    trailingBlanks: value !== written,
    rest: rest.replace(/^[ \t\v\f;\r]+|[ \t\v\f\r]+$/g, ""),
  };
}

/** Warns of a `#` after a blank, which looks like a comment but is part of the value; `undefined` otherwise. */
export function commentInValue(
  { value, valuePosition }: SettingLine,
  name: string,
): Diagnostic | undefined {
  const offset = /[ \t\v\f]#/.exec(value)?.index;
  return offset === undefined ? undefined : {
    severity: "warning",
    text: `The '#' and what follows it are part of the value of ${name}`,
    position: { ...valuePosition, column: valuePosition.column + offset + 1 },
    hint: "A comment must stand on a line of its own",
  };
}
