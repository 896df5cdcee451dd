/**
 * Parses the output of `gpg --status-fd`: one `[GNUPG:] KEYWORD argument argument` per line (GnuPG, doc/DETAILS).
 *
 * @module
 */

/** One status line. */
export interface StatusLine {
  /** `GOODSIG`, `DECRYPTION_OKAY`, … */
  readonly keyword: string;
  /** The arguments, split at each blank. */
  readonly words: readonly string[];
}

const LINE = /^\[GNUPG:\] ([A-Z][A-Z0-9_]{0,63})(?: (.*))?$/;

/**
 * The status lines of a text, in their order. Lines of any other form are skipped: they come from libraries below gpg,
 * whose own messages go elsewhere (`run.ts`). A last line without its newline is skipped too, because it was cut.
 * Accepts any text and never throws.
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

/** How many lines have one of these keywords. */
export function countStatus(lines: readonly StatusLine[], ...keywords: readonly string[]): number {
  return lines.filter(({ keyword }) => keywords.includes(keyword)).length;
}

/** The first line with one of these keywords. */
export function findStatus(
  lines: readonly StatusLine[],
  ...keywords: readonly string[]
): StatusLine | undefined {
  return lines.find(({ keyword }) => keywords.includes(keyword));
}
