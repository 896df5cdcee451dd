/**
 * Draws the output of a program on a terminal as an SVG picture, with the colours of `lib/report/color.ts`, for a light
 * and a dark page. Lines that are too long go on in the next row, as on a
 * terminal; no text is cut.
 *
 * @module
 */
import { escapeHtml } from "./site_html.ts";

const COLUMN = 8.4;
const LINE = 19;
const FONT = 14;
const MARGIN = 16;

/** The class of the style sheet for each SGR parameter that sets an attribute, and the parameters that end it. */
const STYLES: ReadonlyMap<string, readonly [name: string, end: string]> = new Map([
  ["1", ["bold", "22"]],
  ["2", ["dim", "22"]],
  ["31", ["red", "39"]],
  ["32", ["green", "39"]],
]);

/** A piece of a line, and the names of its styles. */
interface Piece {
  readonly text: string;
  readonly styles: readonly string[];
}

/** The pieces of a line of the terminal. @throws {Error} for a control sequence that is not known. */
export function piecesOf(line: string): Piece[] {
  const pieces: Piece[] = [];
  let active: string[] = [];
  // deno-lint-ignore no-control-regex
  for (const part of line.split(/(\x1b\[[0-9;]*m)/)) {
    const parameter = part.startsWith("\x1b[") ? part.slice(2, -1) : undefined;
    if (parameter !== undefined) {
      const set = STYLES.get(parameter);
      const ended = [...STYLES.values()].filter(([, end]) => end === parameter).map(([name]) =>
        name
      );
      if (set === undefined && ended.length === 0) {
        throw new Error(`The sequence ${JSON.stringify(part)} is not known`);
      }
      active = active.filter((name) => !ended.includes(name));
      if (set !== undefined) active = [...active, set[0]];
    } else if (part !== "") {
      // deno-lint-ignore no-control-regex
      if (/[\x00-\x1f\x7f]/.test(part)) {
        throw new Error(`${JSON.stringify(part)} has a control character`);
      }
      pieces.push({ text: part, styles: active });
    }
  }
  return pieces;
}

/** The rows that a line takes on a terminal of that width. */
function rowsOf(pieces: readonly Piece[], columns: number): Piece[][] {
  const rows: Piece[][] = [[]];
  let left = columns;
  for (const { text, styles } of pieces) {
    for (let rest = [...text]; rest.length > 0;) {
      if (left === 0) {
        rows.push([]);
        left = columns;
      }
      const part = rest.slice(0, left);
      rows.at(-1)?.push({ text: part.join(""), styles });
      rest = rest.slice(left);
      left -= part.length;
    }
  }
  return rows;
}

const STYLE_SHEET = `
.page { fill: #f6f8fa; stroke: #d1d9e0 }
text { fill: #1f2328; font: ${FONT}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre }
.bold { font-weight: 700 }
.dim { fill: #59636e }
.red { fill: #cf222e }
.green { fill: #1a7f37 }
@media (prefers-color-scheme: dark) {
.page { fill: #0d1117; stroke: #3d444d }
text { fill: #e6edf3 }
.dim { fill: #9198a1 }
.red { fill: #ff7b72 }
.green { fill: #3fb950 }
}
`;

/** One row as a text element for each piece; the width of each is fixed, whatever font the reader has. */
function drawRow(pieces: readonly Piece[], row: number): string {
  const y = MARGIN + FONT + row * LINE;
  let column = 0;
  return pieces.map(({ text, styles }) => {
    const indent = text.length - text.trimStart().length;
    const shown = text.trim();
    const from = column + indent;
    column += [...text].length;
    if (shown === "") return "";
    const width = ([...shown].length * COLUMN).toFixed(1);
    const name = styles.length === 0 ? "" : ` class="${styles.join(" ")}"`;
    const x = (MARGIN + from * COLUMN).toFixed(1);
    return `<text x="${x}" y="${y}"${name} textLength="${width}">${escapeHtml(shown)}</text>\n`;
  }).join("");
}

/**
 * The picture of lines of a terminal.
 *
 * @param title what it shows, for readers who cannot see it.
 * @param columns the width of the terminal, which wraps longer lines.
 */
export function drawTerminal(title: string, lines: readonly string[], columns: number): string {
  const rows = lines.flatMap((line) => rowsOf(piecesOf(line), columns));
  const width = Math.ceil(columns * COLUMN + 2 * MARGIN);
  const height = rows.length * LINE + 2 * MARGIN;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ` +
    `width="${width}" height="${height}" role="img">\n` +
    `<title>${escapeHtml(title)}</title>\n<style>${STYLE_SHEET}</style>\n` +
    `<rect class="page" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>\n` +
    `${rows.map(drawRow).join("")}</svg>\n`;
}
