/**
 * Numbers on command lines and in `.fwknoprc`.
 *
 * @module
 */
import type { Dialect } from "../dialect.ts";

/** Returns a whole number within the range, or `undefined`. */
export function parseNumber(
  text: string,
  minimum: number,
  maximum: number,
  dialect: Dialect,
): number | undefined {
  if (dialect === "native" && !/^[0-9]+$/.test(text)) return undefined;
  const number = leadingNumber(text);
  return number >= minimum && number <= maximum ? number : undefined;
}

/** Returns the number that C's `strtol` reads in base 10; 0 without one. */
export function leadingNumber(text: string): number {
  const digits = /^[ \t\n\v\f\r]*([+-]?[0-9]+)/.exec(text)?.[1];
  return digits === undefined ? 0 : Number(digits);
}
