/**
 * How the daemon's side of an invitation begins in an access file.
 *
 * @module
 */

/** The start of the comment above the stanza; the date follows. */
export function invitationMark(name: string): string {
  return `# ${name}, invited on `;
}
