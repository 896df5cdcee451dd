/**
 * Random values from the operating system's generator.
 *
 * @module
 */

/** Ports of {@link randomPort}: the range of the C client (`docs/spec/wire.md` 10.1). */
const FIRST_RANDOM_PORT = 10000;
const RANDOM_PORT_COUNT = 55535;

/** `length` random bytes. */
export function randomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** `length` decimal digits, each equally likely. */
export function randomDigits(length: number): string {
  let digits = "";
  while (digits.length < length) {
    for (const byte of randomBytes(length - digits.length)) {
      // 250 is the largest multiple of ten in a byte. Larger bytes would make the low digits more likely.
      if (byte < 250) digits += byte % 10;
    }
  }
  return digits;
}

/** A port from 10000 to 65534, each equally likely. */
export function randomPort(): number {
  while (true) {
    const [high = 0, low = 0] = randomBytes(2);
    const offset = high << 8 | low;
    if (offset < RANDOM_PORT_COUNT) return FIRST_RANDOM_PORT + offset;
  }
}
