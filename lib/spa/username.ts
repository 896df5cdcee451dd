/**
 * The user name in a message.
 *
 * @module
 */

/**
 * Whether every character is allowed in a user name: printable ASCII, blanks included, without
 * `" / \ [ ] : ; | = , + * ? < >` (`docs/spec/wire.md` 3.3). The empty text passes: lengths are checked elsewhere.
 */
export function hasUsernameCharacters(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text) && !/["/\\[\]:;|=,+*?<>]/.test(text);
}
