/**
 * HMAC with one key (RFC 2104). For many keys at once see `keyed_hmac.ts`.
 *
 * @module
 */
import { hmac as nobleHmac } from "hashes/hmac";
import { type DigestName, HASHES } from "./digest.ts";

/** The HMAC of the bytes, as long as the digest. A key that is longer than the digest's block is hashed first. */
export function hmac(name: DigestName, key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return nobleHmac(HASHES[name], key, bytes);
}
