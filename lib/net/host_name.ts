/**
 * Host names.
 *
 * @module
 */

/** The longest host that the NAT field of a message can hold (`docs/spec/wire.md` 3.3). */
export const MAX_NAT_HOST_LENGTH = 70;

/**
 * Whether the text is a host name: labels of letters, digits and inner hyphens, 1 to 63 characters each, joined by
 * dots, at most `limit` characters (RFC 1123 section 2.1). A text whose last label has no letter, or is a hexadecimal
 * number, is a misspelt address and not a name: resolvers read `0x7f.1` as an address.
 */
export function isHostName(text: string, limit = 253): boolean {
  if (text.length === 0 || text.length > limit) return false;
  const labels = text.split(".");
  const wellFormed = labels.every((label) =>
    label.length <= 63 && /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/.test(label)
  );
  const last = labels.at(-1) ?? "";
  return wellFormed && /[A-Za-z]/.test(last) && !/^0[xX][0-9A-Fa-f]*$/.test(last);
}
