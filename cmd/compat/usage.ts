/**
 * The help text of the C tools' command lines, made from the option tables.
 *
 * @module
 */
import type { OptionRow } from "../../lib/config/option.ts";

const LABEL_WIDTH = 30;
const LINE_WIDTH = 80;

/** One entry per option: letter, long name, argument, and what it does. */
export function formatOptions(rows: readonly OptionRow[]): string {
  return rows.map((row) => {
    const short = row.short === undefined ? "    " : `-${row.short}, `;
    const argument = row.argument === undefined ? "" : ` ${row.argument}`;
    const label = ` ${short}--${row.name}${argument}`;
    const [first = "", ...more] = wrap(row.brief, LINE_WIDTH - LABEL_WIDTH);
    const indent = " ".repeat(LABEL_WIDTH);
    const head = label.length < LABEL_WIDTH
      ? `${label.padEnd(LABEL_WIDTH)}${first}`
      : `${label}\n${indent}${first}`;
    return [head, ...more.map((line) => indent + line)].join("\n");
  }).join("\n");
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
