/**
 * Parses the texts of help and manual: plain words, with blank lines between paragraphs. A paragraph with indented
 * lines is an example and stays as it is; others are filled. `` `word` `` is literal text, `_word_` is a placeholder.
 *
 * @module
 */

/** A part of a text. */
export type TextBlock =
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "example"; readonly lines: readonly string[] };

/** A run of characters with one look. */
export interface Run {
  readonly look: "plain" | "literal" | "placeholder";
  readonly text: string;
}

/** The paragraphs and examples of a text. Examples lose the indentation of their first line. */
export function textBlocks(text: string): TextBlock[] {
  return text.trimEnd().split(/\n{2,}/).filter((block) => block !== "").map((block) => {
    const lines = block.split("\n").filter((line) => line !== "");
    const indent = /^ +/.exec(lines[0] ?? "")?.[0];
    if (indent === undefined) return { kind: "paragraph", text: lines.join(" ") };
    return {
      kind: "example",
      lines: lines.map((line) => line.startsWith(indent) ? line.slice(indent.length) : line),
    };
  });
}

/** The runs of a paragraph. Underscores inside words are letters: `FW_TIMEOUT`. */
export function textRuns(text: string): Run[] {
  const runs: Run[] = [];
  let end = 0;
  for (const match of text.matchAll(/`([^`]+)`|(?<![\w$])_([^_\s](?:[^_]*[^_\s])?)_(?!\w)/g)) {
    if (match.index > end) runs.push({ look: "plain", text: text.slice(end, match.index) });
    const [whole, literal, placeholder = ""] = match;
    runs.push(
      literal === undefined
        ? { look: "placeholder", text: placeholder }
        : { look: "literal", text: literal },
    );
    end = match.index + whole.length;
  }
  if (end < text.length) runs.push({ look: "plain", text: text.slice(end) });
  return runs;
}

/** The paragraph without its marks. */
export function plainText(text: string): string {
  return textRuns(text).map((run) => run.text).join("");
}

/** Lines of at most `width` columns. Words are not broken. */
export function fill(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** Makes a sentence of the text: tables leave the full stop out. */
export function sentence(text: string): string {
  return /[.!?:]$/.test(text) ? text : `${text}.`;
}
