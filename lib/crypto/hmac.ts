/**
 * HMAC with one key (RFC 2104). Many keys at once: `keyed_hmac.ts`.
 *
 * @module
 */
import { hmac as nobleHmac } from "hashes/hmac";
import { type DigestName, HASHES } from "./digest.ts";

/** The HMAC of the bytes, as long as the digest; keys longer than its block are hashed first. */
export function hmac(name: DigestName, key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return nobleHmac(HASHES[name], key, bytes);
}
