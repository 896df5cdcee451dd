/**
 * The payload of a packet in hexadecimal, as the C daemon prints it with `-f -v -v -v` (`docs/spec/server.md` 7).
 *
 * @module
 */

/** Bytes per line, with a wider gap in the middle. */
const WIDTH = 16;
/** The width of 16 bytes in columns. */
const COLUMNS = 3 * WIDTH;

/** The dump of a packet text, with the empty line at its end. */
export function formatHexDump(text: string): string {
  const lines: string[] = [];
  for (let start = 0; start < text.length; start += WIDTH) {
    const part = text.slice(start, start + WIDTH);
    const bytes = Array.from(part, (character) => character.charCodeAt(0).toString(16));
    const halves = [bytes.slice(0, WIDTH / 2), bytes.slice(WIDTH / 2)];
    const columns = halves.map((half) => half.join(" ")).join("  ").trimEnd().padEnd(COLUMNS);
    lines.push(`  0x${start.toString(16).padStart(4, "0")}:  ${columns}  ${part}\n`);
  }
  return `[+] candidate SPA packet payload:\n \n${lines.join("")}\n`;
}
