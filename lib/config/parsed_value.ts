/**
 * What the value parsers of both server files share.
 *
 * @module
 */
import { failure, type Result, success } from "../errors/result.ts";
import { parseBoolean } from "./boolean.ts";
import type { VariableRow } from "./variable.ts";

/** The shipped files have this where the administrator must fill in a value. */
export const PLACEHOLDER = "__CHANGEME__";

/** A value, or what is wrong with the text. */
export type ParsedValue<Value> = Result<Value, ValueError>;

/** What is wrong with a value. */
export interface ValueError {
  /** The C daemon's text, if it has one. */
  readonly text: string;
  readonly hint?: string;
  /** Number of characters from the start of the value to the wrong part. */
  readonly offset?: number;
}

/** Parses `y…` or `n…`. The message is ours; the C daemon has none. */
export function parseYesOrNo(row: VariableRow, text: string): ParsedValue<boolean> {
  const value = parseBoolean(text);
  return value !== undefined ? success(value) : failure({
    text: `[*] ${row.name} value '${text}' is neither Y nor N`,
    hint: "Write Y or N; the C daemon would quietly take this for N",
  });
}

/** Parses decimal digits; `undefined` if the number is not within the bounds. */
export function parseWithin(
  text: string,
  [low, high]: readonly [number, number],
): number | undefined {
  if (!/^[0-9]{1,15}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= low && value <= high ? value : undefined;
}
