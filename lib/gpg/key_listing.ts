/**
 * The keys that a name stands for, from `gpg --with-colons` (GnuPG, doc/DETAILS).
 *
 * @module
 */

/** One key with all its subkeys. */
export interface ListedKey {
  /** Of the primary key. */
  readonly fingerprint: string;
}

const FINGERPRINT = /^(?:[0-9A-F]{40}|[0-9A-F]{64})$/;
/** Where a `fpr` line has the fingerprint. */
const FINGERPRINT_FIELD = 9;

/** The keys of a listing, public (`pub`) or secret (`sec`). Takes any text and never throws. */
export function parseKeyListing(text: string, kind: "pub" | "sec"): ListedKey[] {
  const keys: ListedKey[] = [];
  let isPrimary = false;
  for (const line of text.split("\n")) {
    const fields = line.split(":");
    const record = fields[0];
    if (record === kind) isPrimary = true;
    // The first fingerprint behind a key is its own, those behind its subkeys are theirs.
    if (record !== "fpr" || !isPrimary) continue;
    isPrimary = false;
    const fingerprint = fields[FINGERPRINT_FIELD] ?? "";
    if (FINGERPRINT.test(fingerprint)) keys.push({ fingerprint });
  }
  return keys;
}
