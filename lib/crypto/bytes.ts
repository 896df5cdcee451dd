/**
 * Conversion between texts and bytes.
 *
 * @module
 */

const encoder = new TextEncoder();
// A byte order mark is content like any other. Without it, two byte strings would have one text.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Longest text for the short loops below; every packet text is shorter. The engine's coders are made for long
 * texts: before they are warmed up, as when one packet is sent, a call costs more than this loop.
 */
const SHORT = 2048;
const ASCII_END = 0x80;

/** The UTF-8 bytes of a text; for ASCII, one byte per character. */
export function textBytes(text: string): Uint8Array {
  const { length } = text;
  if (length > SHORT) return encoder.encode(text);
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= ASCII_END) return encoder.encode(text);
    bytes[index] = unit;
  }
  return bytes;
}

/** The text of UTF-8 bytes, or `undefined` when they are not UTF-8. */
export function bytesText(bytes: Uint8Array): string | undefined {
  if (isShortAscii(bytes)) return String.fromCharCode.apply(null, bytes as unknown as number[]);
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function isShortAscii(bytes: Uint8Array): boolean {
  if (bytes.length > SHORT) return false;
  for (let index = 0; index < bytes.length; index++) {
    if ((bytes[index] ?? 0) >= ASCII_END) return false;
  }
  return true;
}

/** The byte strings, joined in order. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
