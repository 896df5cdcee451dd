/**
 * Parses the output of `iptables -S`.
 *
 * @module
 */

/** One rule of a listing. */
export interface ListedRule {
  readonly chain: string;
  /** The words after `-A CHAIN`, unquoted. */
  readonly words: readonly string[];
  /** The text after `-A CHAIN` as printed; `iptables-restore` accepts it unchanged. */
  readonly text: string;
}

/** The chains of a table; each has its rules in order. */
export type TableListing = ReadonlyMap<string, readonly ListedRule[]>;

/** Reads the output of `iptables -t TABLE -S`. Ignores lines other than `-P`, `-N` or `-A` with a well-formed name. */
export function parseListing(text: string): TableListing {
  const chains = new Map<string, ListedRule[]>();
  for (const line of logicalLines(text)) {
    const match = /^-([PNA]) ([^\s"'\\]+)(?: (.*))?$/s.exec(line);
    if (match === null) continue;
    const [, command, chain = "", rest = ""] = match;
    if (command !== "A") {
      if (!chains.has(chain)) chains.set(chain, []);
      continue;
    }
    const words = splitListedWords(rest);
    // A rule comes after the line that names its chain; other text is not a listing.
    if (words !== undefined) chains.get(chain)?.push({ chain, words, text: rest });
  }
  return chains;
}

/** Splits a listing into lines. A line break inside quotes, such as one in a comment, does not end a line. */
export function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let start = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === '"') quoted = !quoted;
    else if (quoted && character === "\\") index++;
    else if (!quoted && character === "\n") {
      lines.push(text.slice(start, index));
      start = index + 1;
    }
  }
  lines.push(text.slice(start));
  return lines;
}

/**
 * Splits a text at blanks. Blanks inside `"…"` are kept, and a backslash inside quotes escapes the next character.
 * `undefined` if a quote is not closed.
 */
export function splitListedWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === '"') {
      quoted = !quoted;
      word ??= "";
    } else if (quoted && character === "\\" && index + 1 < text.length) {
      word = (word ?? "") + text.charAt(++index);
    } else if (!quoted && (character === " " || character === "\t")) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + character;
  }
  if (word !== undefined) words.push(word);
  return quoted ? undefined : words;
}
