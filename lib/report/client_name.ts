/**
 * The NAME of a stanza beside its number.
 *
 * @module
 */

/**
 * A log line with the name at its end, where filters that were written for the C daemon's lines still match the line.
 * The last parentheses of a line are ours, whatever text from outside stands before them.
 */
export function namedLine(text: string, name: string | undefined): string {
  return name === undefined ? text : `${text} (${name})`;
}

/** `stanza 1 (alice)`, for sentences. */
export function stanzaText(number: number, name: string | undefined): string {
  return `stanza ${namedNumber(number, name)}`;
}

/** `1 (alice)`. */
export function namedNumber(number: number, name: string | undefined): string {
  return name === undefined ? String(number) : `${number} (${name})`;
}

/** The members of a JSON object for a stanza; `name` only if the stanza has one. */
export function stanzaMembers(
  { stanza, name }: { readonly stanza: number; readonly name?: string },
): Record<string, unknown> {
  return { stanza, ...(name === undefined ? {} : { name }) };
}
