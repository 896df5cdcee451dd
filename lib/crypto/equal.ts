/**
 * Comparison of secrets.
 *
 * @module
 */
import { equalBytes as compare } from "ciphers/utils";

/**
 * Whether both byte strings are equal, in a time that depends on their lengths only. Lengths are not secret:
 * they follow from the digest type or from what a file says. The comparison is that of the audited cipher library.
 */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return compare(a, b);
}
