/**
 * Lengths of keys that are made, as options name them.
 *
 * @module
 */
import { type Dialect, parseNumber } from "./number.ts";
import { type Problem, usageProblem } from "./problem.ts";

/** Bytes of the longest key that the C client's options name; an encryption key that is made has fewer. */
export const MAX_NAMED_LENGTH = 128;

/** What the C client calls the keys. */
const SPOKEN = { "key-len": "key", "hmac-key-len": "hmac key" } as const;

/** Checks a length where no key is made: like the C client, the option is checked wherever it stands. */
export function checkKeyLength(
  name: keyof typeof SPOKEN,
  text: string,
  dialect: Dialect,
): Problem | undefined {
  return parseNumber(text, 1, MAX_NAMED_LENGTH, dialect) === undefined
    ? badKeyLength(name, text, MAX_NAMED_LENGTH)
    : undefined;
}

/** A length that is out of range. @param maximum the largest that is possible, in bytes. */
export function badKeyLength(name: keyof typeof SPOKEN, text: string, maximum: number): Problem {
  return usageProblem(`--${name}: '${text}' is not a number of bytes from 1 to ${maximum}`, {
    reference: `Invalid ${SPOKEN[name]} length '${text}', must be in [1-${maximum}]`,
  });
}
