/**
 * Addresses for property tests: as bytes, and as texts that are addresses or almost addresses.
 *
 * @module
 */
import fc from "property-testing";

/** First and last bytes of the special ranges, and runs of zeros. */
const SPECIAL = fc.tuple(
  fc.constantFrom(
    ...[[0], [10], [100, 64], [127], [169, 254], [172, 16], [192, 168], [224], [240], [255, 255]],
    ...[[0xfc], [0xfd], [0xfe, 0x80], [0xfe, 0xbf], [0xff, 2], [0x20, 1], [0, 0, 0, 0]],
  ),
  fc.constantFrom(4, 16),
  fc.constantFrom(0, 1, 255),
).map(([head, length, fill]) => {
  const bytes = new Uint8Array(length).fill(fill);
  bytes.set(head.slice(0, length));
  return bytes;
});

/** 4 or 16 bytes in network order. */
export const addressBytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 4 }),
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
  fc.array(fc.constantFrom(0, 0, 0, 1, 255), { minLength: 16, maxLength: 16 }).map((bytes) =>
    Uint8Array.from(bytes)
  ),
  SPECIAL,
);

/** Texts that are addresses, and addresses with one character removed, inserted or changed. */
export const addressText: fc.Arbitrary<string> = fc.tuple(
  fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.string({ unit: fc.constantFrom(..."0:1f.:"), maxLength: 12 }),
  ),
  fc.nat(40),
  fc.constantFrom("", "0", ":", ".", "g", " ", "256"),
  fc.nat(2),
).map(([text, at, piece, taken]) => text.slice(0, at) + piece + text.slice(at + taken));
