/**
 * Looking into data that a stranger may have sent.
 *
 * @module
 */

const EMPTY: Readonly<Record<string, unknown>> = {};

/** The members of what should be an object; none where it is not. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? value as Readonly<Record<string, unknown>>
    : EMPTY;
}

/** Whether it is a whole number in that range. */
export function isCount(
  value: unknown,
  low: number,
  high = Number.MAX_SAFE_INTEGER,
): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= low && value <= high;
}
