/**
 * Comparison of secrets.
 *
 * @module
 */
import { equalBytes as compare } from "ciphers/utils";

/**
 * Whether both byte strings are equal, in a time that depends only on their lengths. Lengths are not secret: they
 * follow from the digest type or from a file. The audited cipher library does the comparison.
 */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return compare(a, b);
}
