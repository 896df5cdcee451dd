/**
 * The file `SHA256SUMS` of a release.
 *
 * @module
 */
import { bytesText } from "../crypto/bytes.ts";

/**
 * The SHA-256 sums in hexadecimal by file name; `undefined` for anything but lines as `sha256sum` writes them, each with
 * another name.
 */
export function parseSums(bytes: Uint8Array): ReadonlyMap<string, string> | undefined {
  const text = bytesText(bytes);
  if (text === undefined || !text.endsWith("\n")) return undefined;
  const sums = new Map<string, string>();
  for (const line of text.slice(0, -1).split("\n")) {
    const [, sum = "", name = ""] = /^([0-9a-f]{64}) {2}([\w.+~-]+)$/.exec(line) ?? [];
    if (name === "" || sums.has(name)) return undefined;
    sums.set(name, sum);
  }
  return sums;
}
