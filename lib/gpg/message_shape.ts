/**
 * Checks whether bytes can be an OpenPGP message at all, before a program is started for them.
 *
 * @module
 */

/** Bit 7 is always set; bits 5 to 2 are the tag, 1 for a session key; the last two state a length of two bytes. */
const SESSION_KEY_TAG = 0x85;
/** Version of a session key packet (RFC 4880 section 5.1). */
const SESSION_KEY_VERSION = 3;
/** Tag, length, version, key id and algorithm. */
const HEADER_LENGTH = 3 + 1 + 8 + 1;
/** RSA (1, 2) and ElGamal (16): the algorithms that the constant prefix allows (`docs/spec/wire.md` 9). */
const ALGORITHMS = [1, 2, 16];

/**
 * Whether a blob begins like every GnuPG packet: with a session key that is encrypted to an RSA or ElGamal key, followed
 * by more data.
 */
export function looksEncrypted(blob: Uint8Array): boolean {
  const length = (blob[1] ?? 0) << 8 | (blob[2] ?? 0);
  return blob.length > HEADER_LENGTH && blob[0] === SESSION_KEY_TAG &&
    blob[3] === SESSION_KEY_VERSION && ALGORITHMS.includes(blob[12] ?? 0) &&
    blob.length > 3 + length;
}
