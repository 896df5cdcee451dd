/**
 * Text from outside on its way to a terminal, a log or a JSON document. Outside is everything that this program did not
 * write: fields of packets, answers of resolvers, user ids of keys, names of files and interfaces, output of programs.
 *
 * @module
 */

/**
 * What ends a line (Cc, Zl, Zp), moves the cursor (Cc), hides or reverses text (Cf) or is no character at all (lone
 * surrogates, Cs). General categories of Unicode; C0, C1 and DEL are Cc.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * A text from outside as a part of one line: controls become `\n`, `\t` or `\xNN`, other unsafe characters `\u{N…}`, and a
 * backslash `\\`. Different texts stay different, so a line says exactly what was sent.
 */
export function oneLine(text: string): string {
  return visible(text.replaceAll("\\", "\\\\"));
}

/**
 * The net under {@link oneLine}, for a line that is ours and may hold text from outside: the same, but backslashes stay as
 * they are.
 */
export function visible(line: string): string {
  return line.replace(UNSAFE, escapeCharacter);
}

/** As {@link visible}, for a text of ours with several lines, or the listing of a program: line feeds and tabs stay. */
export function visibleLines(text: string): string {
  return text.replace(UNSAFE, (it) => it === "\n" || it === "\t" ? it : escapeCharacter(it));
}

/** Bold, faint, neither, and colours of the foreground: what `lib/report/color.ts` writes, and what hides nothing. */
// deno-lint-ignore no-control-regex -- it is what a terminal acts on
const PAINTED = /\x1b\[(?:[12]|22|3\d)m/g;

/** The last net, for what goes to a terminal: as {@link visibleLines}, and colours stay. */
export function forTerminal(text: string): string {
  const painted = text.match(PAINTED) ?? [];
  return text.split(PAINTED).map((part, index) => visibleLines(part) + (painted[index] ?? "")).join(
    "",
  );
}

/**
 * JSON in which unsafe characters are spelt `\uNNNN`, so that it may go to a terminal and is one line to any reader. A
 * parser gets the very same value from it.
 *
 * @param indent as in `JSON.stringify`; the line feeds between members stay.
 */
export function toJson(value: unknown, indent?: number): string {
  // Line feeds of texts are escaped by now: those that are left were made by the indent.
  return JSON.stringify(value, null, indent)
    .replace(UNSAFE, (character) => character === "\n" ? character : escapeUnits(character));
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}

/** JSON knows no escapes but for UTF-16 code units. */
function escapeUnits(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
  ).join("");
}
