/**
 * Host names.
 *
 * @module
 */

/** The longest host the NAT field of a message can carry (`docs/spec/wire.md` 3.3). */
export const MAX_NAT_HOST_LENGTH = 70;

/**
 * Whether the text is a host name: labels of letters, digits and inner hyphens, 1 to 63 characters
 * each, joined by dots, at most `limit` characters (RFC 1123 section 2.1). Four all-digit labels are
 * not a name but a misspelt address, so a name needs a letter in its last label.
 */
export function isHostName(text: string, limit = 253): boolean {
  if (text.length === 0 || text.length > limit) return false;
  const labels = text.split(".");
  const wellFormed = labels.every((label) =>
    label.length <= 63 && /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/.test(label)
  );
  return wellFormed && /[A-Za-z]/.test(labels.at(-1) ?? "");
}
