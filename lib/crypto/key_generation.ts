/**
 * Generates the keys that `fwknop keygen` prints.
 *
 * @module
 */
import type { DigestName } from "./digest.ts";
import { MAX_KEY_LENGTH } from "./key_derivation.ts";
import { randomBytes } from "./random.ts";

/** Longest HMAC key that every client and daemon accepts, in bytes (`docs/spec/wire.md` 6). */
export const MAX_HMAC_KEY_LENGTH = 128;

/**
 * Bytes of a new HMAC key by type (`docs/spec/client.md` 7). The C client has no length for SHA-3 and fails. 64 bytes
 * are at least as long as the output of SHA-3.
 */
const HMAC_KEY_LENGTHS: Readonly<Record<DigestName, number>> = {
  md5: 16,
  sha1: 20,
  sha256: 64,
  sha384: 128,
  sha512: 128,
  sha3_256: 64,
  sha3_512: 64,
};

/** What to generate. */
export interface KeyGenerationOptions {
  /** 1 to 32 bytes; default 32. */
  readonly keyLength?: number;
  /** 1 to 128 bytes; the default depends on the type. */
  readonly hmacKeyLength?: number;
  /** Default SHA-256. */
  readonly hmacType?: DigestName;
}

/** A pair of new keys, in raw bytes. */
export interface GeneratedKeys {
  readonly key: Uint8Array;
  readonly hmacKey: Uint8Array;
}

/**
 * Generates an encryption key and an HMAC key at random.
 *
 * @throws {RangeError} when a length is out of its range.
 */
export function generateKeys(options: KeyGenerationOptions = {}): GeneratedKeys {
  const keyLength = options.keyLength ?? MAX_KEY_LENGTH;
  const hmacKeyLength = options.hmacKeyLength ?? HMAC_KEY_LENGTHS[options.hmacType ?? "sha256"];
  checkLength("Encryption key", keyLength, MAX_KEY_LENGTH);
  checkLength("HMAC key", hmacKeyLength, MAX_HMAC_KEY_LENGTH);
  return { key: randomBytes(keyLength), hmacKey: randomBytes(hmacKeyLength) };
}

function checkLength(what: string, length: number, limit: number): void {
  if (Number.isInteger(length) && length >= 1 && length <= limit) return;
  throw new RangeError(`${what} length ${length} is not allowed: it must be 1 to ${limit} bytes`);
}
