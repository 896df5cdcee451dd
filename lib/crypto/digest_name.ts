/**
 * Names and facts of the seven digests, without the functions: a knock loads only the names.
 *
 * @module
 */

/** Name of a digest as options and configuration files write it, in lower case. */
export type DigestName = "md5" | "sha1" | "sha256" | "sha384" | "sha512" | "sha3_256" | "sha3_512";

/** Facts of one digest (`docs/spec/wire.md` 4 and 6). */
export interface DigestFacts {
  /** Number that the C tools print in dumps; the same for digests and HMACs. */
  readonly id: number;
  /** Name in dumps: `SHA3_256`. */
  readonly label: string;
  /** Bytes of the raw digest. */
  readonly length: number;
  /** Characters of the digest in base64 without padding. */
  readonly base64Length: number;
  /** Bytes of the HMAC block (RFC 2104). */
  readonly blockLength: number;
}

/** Facts by name, in the order of the ids. */
export const DIGESTS: Readonly<Record<DigestName, DigestFacts>> = {
  md5: { id: 1, label: "MD5", length: 16, base64Length: 22, blockLength: 64 },
  sha1: { id: 2, label: "SHA1", length: 20, base64Length: 27, blockLength: 64 },
  sha256: { id: 3, label: "SHA256", length: 32, base64Length: 43, blockLength: 64 },
  sha384: { id: 4, label: "SHA384", length: 48, base64Length: 64, blockLength: 128 },
  sha512: { id: 5, label: "SHA512", length: 64, base64Length: 86, blockLength: 128 },
  sha3_256: { id: 6, label: "SHA3_256", length: 32, base64Length: 43, blockLength: 136 },
  sha3_512: { id: 7, label: "SHA3_512", length: 64, base64Length: 86, blockLength: 72 },
};

/** Every digest name, in the order of the ids. */
export const DIGEST_NAMES = Object.keys(DIGESTS) as readonly DigestName[];

/** The digest with this name, in any case; otherwise `undefined`. */
export function parseDigestName(text: string): DigestName | undefined {
  const name = text.toLowerCase();
  return DIGEST_NAMES.find((known) => known === name);
}
