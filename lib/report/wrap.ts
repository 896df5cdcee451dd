/**
 * Wraps long lines for a terminal.
 *
 * @module
 */

/**
 * The text in lines of at most `width` characters, broken at blanks. A longer word stays whole.
 *
 * @param width at least 1; `undefined`: one line of any length.
 */
export function wrap(text: string, width: number | undefined): string[] {
  if (width === undefined || text.length <= width) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
