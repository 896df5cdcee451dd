/**
 * Keys as people copy them (`docs/spec/client.md` 7).
 *
 * @module
 */
import type { GeneratedKeys } from "../crypto/key_generation.ts";

/** Base64 with its padding, as both ends' files have it. */
export function keyBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** The C client's two lines. */
export function formatKeyLines(keys: GeneratedKeys): string {
  return `KEY_BASE64: ${keyBase64(keys.key)}\nHMAC_KEY_BASE64: ${keyBase64(keys.hmacKey)}\n`;
}

/** What the scanner of the Android client reads. */
export function formatKeyCode(keys: GeneratedKeys): string {
  return `KEY_BASE64:${keyBase64(keys.key)} HMAC_KEY_BASE64:${keyBase64(keys.hmacKey)}`;
}
