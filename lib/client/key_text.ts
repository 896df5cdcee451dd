/**
 * Keys as people copy them (`docs/spec/client.md` 7).
 *
 * @module
 */

/** A pair of keys, new or in use. A stanza may have no HMAC key. */
export interface KeyPair {
  readonly key: Uint8Array;
  readonly hmacKey?: Uint8Array | undefined;
}

/** Base64 with padding, as in the files of both ends. */
export function keyBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** The C client's two lines. */
export function formatKeyLines(keys: KeyPair): string {
  return keyLines(keys).map(([name, value]) => `${name}: ${value}\n`).join("");
}

/** The text of a QR code, as the Android client's scanner reads it. */
export function formatKeyCode(keys: KeyPair): string {
  return keyLines(keys).map(([name, value]) => `${name}:${value}`).join(" ");
}

function keyLines({ key, hmacKey }: KeyPair): (readonly [name: string, value: string])[] {
  return [
    ["KEY_BASE64", keyBase64(key)],
    ...(hmacKey === undefined ? [] : [["HMAC_KEY_BASE64", keyBase64(hmacKey)] as const]),
  ];
}
