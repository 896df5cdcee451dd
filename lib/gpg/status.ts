/**
 * What `gpg --status-fd` says, line by line: `[GNUPG:] KEYWORD argument argument` (GnuPG, doc/DETAILS).
 *
 * @module
 */

/** One status line. */
export interface StatusLine {
  /** `GOODSIG`, `DECRYPTION_OKAY`, … */
  readonly keyword: string;
  /** What follows, split at each blank. */
  readonly words: readonly string[];
}

const LINE = /^\[GNUPG:\] ([A-Z][A-Z0-9_]{0,63})(?: (.*))?$/;

/**
 * The status lines of a text, in their order. Lines of any other form are left out: they come from libraries
 * below gpg, whose own messages go elsewhere (`run.ts`). A last line without its newline is left out too: it was cut.
 * Takes any text and never throws.
 */
export function parseStatus(text: string): StatusLine[] {
  const lines = text.split("\n");
  lines.pop();
  return lines.flatMap((line) => {
    const [, keyword, rest] = LINE.exec(line.endsWith("\r") ? line.slice(0, -1) : line) ?? [];
    if (keyword === undefined) return [];
    return [{ keyword, words: rest === undefined ? [] : rest.split(" ") }];
  });
}

/** How often a keyword occurs. */
export function countStatus(lines: readonly StatusLine[], ...keywords: readonly string[]): number {
  return lines.filter(({ keyword }) => keywords.includes(keyword)).length;
}

/** The first line of a keyword. */
export function findStatus(
  lines: readonly StatusLine[],
  ...keywords: readonly string[]
): StatusLine | undefined {
  return lines.find(({ keyword }) => keywords.includes(keyword));
}
