/**
 * The user name in a message.
 *
 * @module
 */

/**
 * Whether every character may stand in a user name: printable ASCII, blanks included, but none of
 * `" / \ [ ] : ; | = , + * ? < >` (`docs/spec/wire.md` 3.3). The empty text passes: lengths are another question.
 */
export function hasUsernameCharacters(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text) && !/["/\\[\]:;|=,+*?<>]/.test(text);
}
