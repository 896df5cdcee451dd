/**
 * Comparison of secrets.
 *
 * @module
 */
// @ts-types="./timing_safe_equal.d.ts"
import { timingSafeEqual } from "std/timing_safe_equal";

/**
 * Whether both byte strings are equal, in a time that depends on their lengths only. Lengths are not secret:
 * they follow from the digest type or from what a file says.
 */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
