/**
 * The first line of an invitation's stanza in an access file.
 *
 * @module
 */

/** The start of the comment above the stanza; the date follows it. */
export function invitationMark(name: string): string {
  return `# ${name}, invited on `;
}
