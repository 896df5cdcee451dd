/**
 * Archives in the `tar` format of POSIX.1-1988 (ustar), the same bytes for the same content: no owner but root, one time
 * for all, entries in the order given.
 *
 * @module
 */
import { gzipSync } from "node:zlib";
import { concatBytes, textBytes } from "../../lib/crypto/bytes.ts";

/** A file, a symbolic link or a folder. Modes are permission bits. */
export type TarEntry =
  | {
    readonly kind: "file";
    readonly path: string;
    readonly mode: number;
    readonly content: Uint8Array;
  }
  | { readonly kind: "link"; readonly path: string; readonly target: string }
  | { readonly kind: "folder"; readonly path: string; readonly mode: number };

const BLOCK = 512;
/** Where a header holds its fields, and their lengths. */
const FIELD = {
  name: [0, 100],
  mode: [100, 8],
  owner: [108, 8],
  group: [116, 8],
  size: [124, 12],
  time: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  target: [157, 100],
  magic: [257, 8],
  ownerName: [265, 32],
  groupName: [297, 32],
} as const;
/** The value of `type`. */
const TYPES = { file: "0", link: "2", folder: "5" } as const;

/**
 * An archive without compression.
 *
 * @param entries paths are relative and use `/`; a folder's has no slash at the end.
 * @param time seconds since 1970 UTC.
 * @throws {RangeError} for a path or a target of more than 100 bytes, which no release has.
 */
export function tarBytes(entries: readonly TarEntry[], time: number): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    parts.push(header(entry, time));
    if (entry.kind !== "file") continue;
    parts.push(entry.content, new Uint8Array(-entry.content.length & (BLOCK - 1)));
  }
  // Two empty blocks end an archive.
  return new Uint8Array(concatBytes(...parts, new Uint8Array(2 * BLOCK)));
}

/** Compressed with gzip, as small as it gets. Its header holds no time and no name. */
export function gzip(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gzipSync(bytes, { level: 9 }));
}

/**
 * The folders above the entries that no entry makes, each before what it holds, with mode 0755.
 *
 * @param entries absolute or relative paths.
 */
export function withParents(entries: readonly TarEntry[]): TarEntry[] {
  const made = new Set(entries.flatMap(({ kind, path }) => kind === "folder" ? [path] : []));
  const whole: TarEntry[] = [];
  for (const entry of entries) {
    const names = entry.path.split("/");
    for (let count = 1; count < names.length; count++) {
      const path = names.slice(0, count).join("/");
      if (path === "" || path === "." || made.has(path)) continue;
      made.add(path);
      whole.push({ kind: "folder", path, mode: 0o755 });
    }
    whole.push(entry);
  }
  return whole;
}

function header(entry: TarEntry, time: number): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const put = (field: keyof typeof FIELD, text: string): void => {
    const [start, length] = FIELD[field];
    const bytes = textBytes(text);
    if (bytes.length > length) throw new RangeError(`Too long for a tar archive: ${text}`);
    block.set(bytes, start);
  };
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");
  put("name", entry.kind === "folder" ? `${entry.path}/` : entry.path);
  put("mode", `${octal(entry.kind === "link" ? 0o777 : entry.mode, 7)}\0`);
  put("owner", `${octal(0, 7)}\0`);
  put("group", `${octal(0, 7)}\0`);
  put("size", `${octal(entry.kind === "file" ? entry.content.length : 0, 11)}\0`);
  put("time", `${octal(time, 11)}\0`);
  put("type", TYPES[entry.kind]);
  if (entry.kind === "link") put("target", entry.target);
  put("magic", "ustar\u000000");
  put("ownerName", "root");
  put("groupName", "root");
  // The checksum is computed with blanks in its own place.
  put("checksum", " ".repeat(8));
  const sum = block.reduce((total, byte) => total + byte, 0);
  put("checksum", `${octal(sum, 6)}\0 `);
  return block;
}
