/**
 * Base64 in its canonical form only.
 *
 * The reference decoder is lax: one message has many texts there, which defeats its replay check
 * (`docs/spec/wire.md` 2 and 14). Here every byte string has exactly one text, and every text one byte string.
 *
 * @module
 */

import { bytesText, textBytes } from "./bytes.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const CODES = textBytes(ALPHABET);

/** Value of each ASCII character, or -1. */
const VALUES = new Int8Array(128).fill(-1);
for (let value = 0; value < ALPHABET.length; value++) VALUES[ALPHABET.charCodeAt(value)] = value;

/**
 * Base64 of the bytes (RFC 4648 section 4) without `=`: `n` bytes give `ceil(8n/6)` characters.
 *
 * The text is built in one piece. V8 keeps a text that was built with `+=` as a tree of its parts, 32 bytes for each
 * character, until code compares it: a remembered digest would take 1.4 kB instead of 60 bytes.
 */
export function encodeBase64(bytes: Uint8Array): string {
  const codes = new Uint8Array(Math.ceil(bytes.length * 8 / 6));
  let pending = 0;
  let bits = 0;
  let length = 0;
  for (const byte of bytes) {
    pending = (pending << 8 | byte) & 0xffff;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      codes[length++] = CODES[pending >> bits & 63] ?? 0;
    }
  }
  if (bits > 0) codes[length] = CODES[pending << (6 - bits) & 63] ?? 0;
  // The codes are ASCII.
  return bytesText(codes) ?? "";
}

/**
 * The bytes of a canonical text. `undefined` for a character outside the alphabet (`=` included), a single last
 * character, or unused low bits that are not zero.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  return decodeBase64Bytes(textBytes(text));
}

/** Like {@link decodeBase64}, for a text in bytes of ASCII. */
export function decodeBase64Bytes(text: Uint8Array): Uint8Array | undefined {
  if (text.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(text.length * 6 >> 3);
  let length = 0;
  for (let index = 0; index < text.length; index += 4) {
    // Beyond the end of the text there are bits of zero, which the last bytes of a canonical text have too.
    const quad = valueAt(text, index) << 18 | valueAt(text, index + 1) << 12 |
      valueAt(text, index + 2) << 6 | valueAt(text, index + 3);
    if (quad < 0) return undefined;
    bytes[length++] = quad >> 16;
    bytes[length++] = quad >> 8;
    bytes[length++] = quad;
    if (length > bytes.length && (quad & (1 << (length - bytes.length) * 8) - 1) !== 0) {
      return undefined;
    }
  }
  return bytes;
}

/** The value of a character, 0 beyond the end, or a negative number. */
function valueAt(text: Uint8Array, index: number): number {
  return index < text.length ? VALUES[text[index] ?? 0] ?? -1 : 0;
}

/**
 * Like {@link decodeBase64}, for values that users write in files (`KEY_BASE64`): the `=` padding is optional, but
 * when it is there it must be correct.
 */
export function decodeKeyBase64(text: string): Uint8Array | undefined {
  if (!text.endsWith("=")) return decodeBase64(text);
  if (text.length % 4 !== 0) return undefined;
  return decodeBase64(text.slice(0, text.endsWith("==") ? -2 : -1));
}
