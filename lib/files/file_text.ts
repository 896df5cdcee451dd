/**
 * Reads text files that users write with an editor.
 *
 * @module
 */

/** The bytes without the UTF-8 byte order mark that some editors write at the start of a file. */
export function withoutMark(bytes: Uint8Array): Uint8Array {
  const [first, second, third] = bytes;
  return first === 0xef && second === 0xbb && third === 0xbf ? bytes.subarray(3) : bytes;
}

/** The text of a file, without a byte order mark. Bytes that are not UTF-8 become U+FFFD. */
export function fileText(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(withoutMark(bytes));
}

/** The error for a file whose encoding is not UTF-8, and how to repair it. */
export interface ForeignEncoding {
  readonly text: string;
  readonly hint: string;
}

/** How many bytes are examined if there is no byte order mark. */
const LOOKED_AT = 64;

/**
 * Recognizes a file in UTF-16 or UTF-32, as some Windows editors write it, by its byte order mark or because every
 * second byte is NUL.
 */
export function foreignEncoding(bytes: Uint8Array, path: string): ForeignEncoding | undefined {
  const encoding = encodingOf(bytes);
  return encoding === undefined ? undefined : {
    text: `${path} is in ${encoding}, must be in UTF-8`,
    hint: `iconv -f ${encoding} -t UTF-8 ${path} > ${path}.utf8`,
  };
}

function encodingOf(bytes: Uint8Array): string | undefined {
  const [first, second, third, fourth] = bytes;
  if (first === 0xff && second === 0xfe) return third === 0 && fourth === 0 ? "UTF-32" : "UTF-16";
  if (first === 0xfe && second === 0xff) return "UTF-16";
  const start = bytes.subarray(0, LOOKED_AT);
  const isNul = (offset: number): boolean =>
    start.length >= 4 && start.every((byte, index) => (byte === 0) === (index % 2 === offset));
  return isNul(1) ? "UTF-16LE" : isNul(0) ? "UTF-16BE" : undefined;
}
