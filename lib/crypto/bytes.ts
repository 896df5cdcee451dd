/**
 * Between texts and bytes.
 *
 * @module
 */

const encoder = new TextEncoder();
// A byte order mark is content like any other: dropping it would make two byte strings one text.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The UTF-8 bytes of a text; for ASCII, one byte per character. */
export function textBytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The text of UTF-8 bytes, or `undefined` when they are not UTF-8. */
export function bytesText(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The byte strings one after the other. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
