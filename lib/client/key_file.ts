/**
 * Key files: lines of `destination:key` (`docs/spec/client.md` 7).
 *
 * @module
 */

import { withoutMark } from "../files/file_text.ts";

/**
 * The key of a destination, or `undefined`. The last matching line wins.
 *
 * The file holds bytes. The key is the rest of the line, with trailing blanks and a carriage return. Blanks, tabs and
 * `=` before the destination and after the colon are skipped, and so is a byte order mark.
 */
export function findKey(file: Uint8Array, destination: string): Uint8Array | undefined {
  let key: Uint8Array | undefined;
  // One character per byte: an offset in the text is an offset in the file.
  const text = Array.from(withoutMark(file), (byte) => String.fromCharCode(byte)).join("");
  const name = Array.from(
    new TextEncoder().encode(destination),
    (byte) => String.fromCharCode(byte),
  ).join("");
  for (const line of text.split("\n")) {
    const match = /^[ \t=]*([^#;:][^:]*):[ \t=]*(.*)$/s.exec(line);
    if (match === null || /^[#;]/.test(line) || match[1] !== name) continue;
    key = Uint8Array.from(match[2] ?? "", (character) => character.charCodeAt(0));
  }
  return key;
}
