/**
 * The lines that a set-up adds at the end of a configuration file. They can be taken out again, and the rest of the file
 * is then what it was, byte for byte, with what others added to it meanwhile.
 *
 * @module
 */

const BEGIN = "# Begin of the lines of fwknop setup; fwknop setup --undo removes them\n";
/** In place of {@link BEGIN}, after a last line that did not end with a line feed. */
const BEGIN_AFTER_OPEN_LINE =
  "\n# Begin of the lines of fwknop setup, after an open line; fwknop setup --undo removes them\n";
const END = "# End of the lines of fwknop setup\n";

/**
 * The text with the lines at its end.
 *
 * @param text of the file; empty if the file is missing.
 * @param lines complete lines.
 */
export function withBlock(text: string, lines: string): string {
  const begin = text === "" || text.endsWith("\n") ? BEGIN : BEGIN_AFTER_OPEN_LINE;
  return `${text}${begin}${lines}${END}`;
}

/** The text without the lines; `undefined` if it does not hold them whole. */
export function withoutBlock(text: string): string | undefined {
  for (const begin of [BEGIN_AFTER_OPEN_LINE, BEGIN]) {
    const start = startOf(text, begin);
    if (start < 0) continue;
    const end = text.indexOf(END, start + begin.length);
    if (end >= 0) return text.slice(0, start) + text.slice(end + END.length);
  }
  return undefined;
}

function startOf(text: string, begin: string): number {
  const start = text.indexOf(begin);
  if (start <= 0 || begin.startsWith("\n") || text[start - 1] === "\n") return start;
  return -1;
}
