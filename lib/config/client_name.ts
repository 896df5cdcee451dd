/**
 * Names of clients: NAME in a stanza, the word of `fwknop invite`, and the tail of a rule's comment. The letters are few,
 * so that a name is one word in every listing, log, file name and shell.
 *
 * @module
 */

/** The most characters of a name. */
export const MAX_CLIENT_NAME_LENGTH = 32;

/** What a name may be, for hints. */
export const CLIENT_NAME_HINT =
  `A name has 1 to ${MAX_CLIENT_NAME_LENGTH} letters of ASCII, digits and . _ - @, for example alice@laptop`;

/** Whether the text can be the name of a client. */
export function isClientName(text: string): boolean {
  return text !== "" && misfitOf(text) === undefined;
}

/** Index of the first character that cannot belong to a name; `undefined` in a name. */
export function misfitOf(text: string): number | undefined {
  const at = text.search(/[^A-Za-z0-9._@-]/);
  if (at >= 0) return Math.min(at, MAX_CLIENT_NAME_LENGTH);
  return text.length > MAX_CLIENT_NAME_LENGTH ? MAX_CLIENT_NAME_LENGTH : undefined;
}
