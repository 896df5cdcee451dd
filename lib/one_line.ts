/**
 * Makes text from outside safe for a terminal, a log or a JSON document. Text from outside is all text that this program
 * did not write: fields of packets, answers of resolvers, user ids of keys, names of files and interfaces, output of
 * programs.
 *
 * @module
 */

/**
 * Characters that end a line (Cc, Zl, Zp), move the cursor (Cc), hide or reverse text (Cf) or are not characters (lone
 * surrogates, Cs). These are general categories of Unicode; C0, C1 and DEL are Cc.
 */
const UNSAFE = String.raw`[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]`;

let unsafe: RegExp | undefined;

/** V8 needs 0.1 ms to read a pattern of categories, as a literal at each start: here it reads it for the first text. */
function unsafeCharacters(): RegExp {
  return unsafe ??= new RegExp(UNSAFE, "gu");
}

/**
 * A text from outside, escaped for one line: controls become `\n`, `\t` or `\xNN`, other unsafe characters `\u{N…}`,
 * and a backslash `\\`. Different texts stay different, so a line shows exactly what was sent.
 */
export function oneLine(text: string): string {
  return visible(text.replaceAll("\\", "\\\\"));
}

/**
 * Escapes a line of this program that may contain text from outside: a second safeguard after {@link oneLine}. Same as
 * that function, but keeps backslashes.
 */
export function visible(line: string): string {
  return line.replace(unsafeCharacters(), escapeCharacter);
}

/** Same as {@link visible}, for a text with several lines or the listing of a program: keeps line feeds and tabs. */
export function visibleLines(text: string): string {
  return text.replace(
    unsafeCharacters(),
    (it) => it === "\n" || it === "\t" ? it : escapeCharacter(it),
  );
}

/** Bold, faint, normal, and foreground colours: the sequences that `lib/report/color.ts` writes. They hide no text. */
// deno-lint-ignore no-control-regex -- terminals act on this control
const PAINTED = /\x1b\[(?:[12]|22|3\d)m/g;

/** Escapes all text before it goes to a terminal. Same as {@link visibleLines}, but keeps colours. */
export function forTerminal(text: string): string {
  const painted = text.match(PAINTED) ?? [];
  return text.split(PAINTED).map((part, index) => visibleLines(part) + (painted[index] ?? "")).join(
    "",
  );
}

/**
 * JSON with unsafe characters written as `\uNNNN`, so that it is safe for a terminal and one line for any reader. A
 * parser reads the same value from it.
 *
 * @param indent as in `JSON.stringify`; the line feeds between members stay.
 */
export function toJson(value: unknown, indent?: number): string {
  // Line feeds of texts are already escaped. The remaining ones come from the indent.
  return JSON.stringify(value, null, indent)
    .replace(
      unsafeCharacters(),
      (character) => character === "\n" ? character : escapeUnits(character),
    );
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}

/** JSON has escapes only for UTF-16 code units. */
function escapeUnits(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
  ).join("");
}
