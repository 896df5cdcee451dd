/**
 * Options as a list for a terminal.
 *
 * @module
 */
import type { OptionRow } from "../config/option.ts";
import { fill } from "./text.ts";

/** Columns of a terminal. */
export const LINE_WIDTH = 80;
const LABEL_WIDTH = 30;

/** One entry per option: letter, long name, argument, and what it does. */
export function formatOptions(rows: readonly OptionRow[]): string {
  return rows.map((row) => {
    const short = row.short === undefined ? "    " : `-${row.short}, `;
    const argument = row.argument === undefined ? "" : ` ${row.argument}`;
    return formatEntry(` ${short}--${row.name}${argument}`, row.brief, LABEL_WIDTH);
  }).join("\n");
}

/** A label, and its text in a separate column. The text begins below a label that is too long. */
export function formatEntry(label: string, text: string, column: number): string {
  const [first = "", ...more] = fill(text, LINE_WIDTH - column);
  const indent = " ".repeat(column);
  const head = label.length < column
    ? `${label.padEnd(column)}${first}`
    : `${label}\n${indent}${first}`;
  return [head, ...more.map((line) => indent + line)].join("\n");
}
