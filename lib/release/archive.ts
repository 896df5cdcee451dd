/**
 * The program in the archive of a release.
 *
 * @module
 */
import { bytesText } from "../crypto/bytes.ts";

const BLOCK = 512;
/** More than any program of this project. The archive is signed, so this only bounds a mistake. */
const MOST_BYTES = 1 << 29;

/**
 * The bytes of one file of an archive in the `tar` format, compressed with gzip.
 *
 * @param path as the archive names it: `fwknop-1.0.0-linux-x64/fwknop`.
 * @throws {TypeError} when it is not such an archive, or has not exactly one such file.
 */
export async function unpackFile(
  archive: Uint8Array<ArrayBuffer>,
  path: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await decompress(archive);
  const found: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at + BLOCK <= bytes.length;) {
    const header = bytes.subarray(at, at + BLOCK);
    // Empty blocks end an archive.
    if (header.every((byte) => byte === 0)) break;
    const { name, size, isFile } = readHeader(header);
    const start = at + BLOCK;
    if (start + size > bytes.length) {
      throw new TypeError("the archive ends in the middle of a file");
    }
    if (name === path && isFile) found.push(bytes.slice(start, start + size));
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  const [program, another] = found;
  if (program === undefined || another !== undefined) {
    throw new TypeError(`the archive must have one file "${path}" and has ${found.length}`);
  }
  return program;
}

async function decompress(archive: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([archive]).stream().pipeThrough(new DecompressionStream("gzip"));
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of stream) {
    length += part.length;
    if (length > MOST_BYTES) throw new TypeError("the archive is too large");
    parts.push(part);
  }
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
}

/** A header of POSIX.1-1988. */
function readHeader(header: Uint8Array): { name: string; size: number; isFile: boolean } {
  const field = (start: number, length: number): string => {
    const bytes = header.subarray(start, start + length);
    const end = bytes.indexOf(0);
    return bytesText(end < 0 ? bytes : bytes.subarray(0, end)) ?? "";
  };
  const size = field(124, 12).trim();
  const sum = header.reduce(
    (total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte),
    0,
  );
  if (!/^[0-7]+$/.test(size) || parseInt(field(148, 8), 8) !== sum) {
    throw new TypeError("it is not a tar archive");
  }
  const prefix = field(345, 155);
  return {
    name: prefix === "" ? field(0, 100) : `${prefix}/${field(0, 100)}`,
    size: parseInt(size, 8),
    isFile: header[156] === 0x30 || header[156] === 0,
  };
}
