/**
 * Reads untrusted data.
 *
 * @module
 */

const EMPTY: Readonly<Record<string, unknown>> = {};

/** The members of a value that should be an object; empty if it is not. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? value as Readonly<Record<string, unknown>>
    : EMPTY;
}

/** Whether the value is a whole number from `low` to `high`. */
export function isCount(
  value: unknown,
  low: number,
  high = Number.MAX_SAFE_INTEGER,
): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= low && value <= high;
}
