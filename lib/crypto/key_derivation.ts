/**
 * Derives the AES key from the configured key (`docs/spec/wire.md` 5.2).
 *
 * @module
 */
import { md5 } from "hashes/legacy";
import { concatBytes } from "./bytes.ts";
import type { SymmetricMode } from "./encryption_mode.ts";

/** Bytes of a configured encryption key. */
export const MAX_KEY_LENGTH = 32;
/** Bytes of the random salt before the ciphertext. */
export const SALT_LENGTH = 8;

/** Length to which legacy mode fills or cuts every key. */
const LEGACY_KEY_LENGTH = 16;
/** The character `0`, with which legacy mode fills a short key. */
const LEGACY_FILL = 0x30;

/** The key and initialization vector for AES. */
export interface DerivedKey {
  /** 32 bytes: always AES-256. */
  readonly key: Uint8Array;
  /** 16 bytes. */
  readonly iv: Uint8Array;
}

/**
 * OpenSSL's `EVP_BytesToKey` with MD5, one round and the salt. Legacy mode differs only in the length of the key.
 * The wire format requires one round of MD5; it does not strengthen a weak key.
 *
 * @throws {RangeError} when the key does not have 1 to 32 bytes or the salt not 8.
 */
export function deriveKey(key: Uint8Array, salt: Uint8Array, mode: SymmetricMode): DerivedKey {
  if (key.length < 1 || key.length > MAX_KEY_LENGTH) {
    throw new RangeError(`An encryption key has 1 to ${MAX_KEY_LENGTH} bytes, not ${key.length}`);
  }
  if (salt.length !== SALT_LENGTH) {
    throw new RangeError(`A salt has ${SALT_LENGTH} bytes, not ${salt.length}`);
  }
  const used = mode === "legacy" ? legacyKey(key) : key;
  const first = md5(concatBytes(used, salt));
  const second = md5(concatBytes(first, used, salt));
  const third = md5(concatBytes(second, used, salt));
  return { key: concatBytes(first, second), iv: third };
}

function legacyKey(key: Uint8Array): Uint8Array {
  const filled = new Uint8Array(LEGACY_KEY_LENGTH).fill(LEGACY_FILL);
  filled.set(key.subarray(0, LEGACY_KEY_LENGTH));
  return filled;
}
