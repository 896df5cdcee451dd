/**
 * Keys as people copy them (`docs/spec/client.md` 7).
 *
 * @module
 */

/** A pair of keys, new or in use; a stanza may do without an HMAC. */
export interface KeyPair {
  readonly key: Uint8Array;
  readonly hmacKey?: Uint8Array | undefined;
}

/** Base64 with its padding, as both ends' files have it. */
export function keyBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** The C client's two lines. */
export function formatKeyLines(keys: KeyPair): string {
  return keyLines(keys).map(([name, value]) => `${name}: ${value}\n`).join("");
}

/** What the scanner of the Android client reads. */
export function formatKeyCode(keys: KeyPair): string {
  return keyLines(keys).map(([name, value]) => `${name}:${value}`).join(" ");
}

function keyLines({ key, hmacKey }: KeyPair): (readonly [name: string, value: string])[] {
  return [
    ["KEY_BASE64", keyBase64(key)],
    ...(hmacKey === undefined ? [] : [["HMAC_KEY_BASE64", keyBase64(hmacKey)] as const]),
  ];
}
