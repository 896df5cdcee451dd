/**
 * Parses the keys that match a name, from `gpg --with-colons` (GnuPG, doc/DETAILS).
 *
 * @module
 */

/** One key with all its subkeys. */
export interface ListedKey {
  /** Fingerprint of the primary key. */
  readonly fingerprint: string;
}

const FINGERPRINT = /^(?:[0-9A-F]{40}|[0-9A-F]{64})$/;
/** Position of the fingerprint in a `fpr` line. */
const FINGERPRINT_FIELD = 9;

/** The keys of a listing, public (`pub`) or secret (`sec`). Accepts any text and never throws. */
export function parseKeyListing(text: string, kind: "pub" | "sec"): ListedKey[] {
  const keys: ListedKey[] = [];
  let isPrimary = false;
  for (const line of text.split("\n")) {
    const fields = line.split(":");
    const record = fields[0];
    if (record === kind) isPrimary = true;
    // The first fingerprint after a key is its own. Those after a subkey belong to the subkey.
    if (record !== "fpr" || !isPrimary) continue;
    isPrimary = false;
    const fingerprint = fields[FINGERPRINT_FIELD] ?? "";
    if (FINGERPRINT.test(fingerprint)) keys.push({ fingerprint });
  }
  return keys;
}
