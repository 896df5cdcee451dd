/**
 * Text of others inside a line of ours.
 *
 * @module
 */
import { printable } from "../daemon/log_line.ts";

/** The text without anything that could begin a line, or look like one. */
export function oneLine(text: string): string {
  return printable(text.replaceAll("\n", "\\n").replaceAll("\t", "\\t")).replace(
    // What moves the cursor, turns the direction of writing or breaks lines elsewhere in Unicode.
    /[\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
