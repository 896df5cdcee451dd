/**
 * What the values of both server files have in common.
 *
 * @module
 */
import { failure, type Result, success } from "../errors/result.ts";
import { parseBoolean } from "./boolean.ts";
import type { VariableRow } from "./variable.ts";

/** What the shipped files have where a value must be filled in. */
export const PLACEHOLDER = "__CHANGEME__";

/** A value, or what is wrong with the text. */
export type ParsedValue<Value> = Result<Value, ValueError>;

/** What is wrong with a value. */
export interface ValueError {
  /** The C daemon's text where it has one. */
  readonly text: string;
  readonly hint?: string;
  /** Characters from the start of the value to the culprit. */
  readonly offset?: number;
}

/** `y…` or `n…`, or what is wrong with the text; the wording is ours, the C daemon has none. */
export function parseYesOrNo(row: VariableRow, text: string): ParsedValue<boolean> {
  const value = parseBoolean(text);
  return value !== undefined ? success(value) : failure({
    text: `[*] ${row.name} value '${text}' is neither Y nor N`,
    hint: "Write Y or N; the C daemon would quietly take this for N",
  });
}

/** The value of decimal digits between the bounds, or `undefined`. */
export function parseWithin(
  text: string,
  [low, high]: readonly [number, number],
): number | undefined {
  if (!/^[0-9]{1,15}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= low && value <= high ? value : undefined;
}
