/**
 * Errors of libgpg-error by number, with the texts that GPGME prints.
 *
 * @module
 */
import type { StatusLine } from "./status.ts";

/** Texts by number of libgpg-error. */
const TEXTS: Readonly<Record<number, string>> = {
  9: "No public key",
  11: "Bad passphrase",
  17: "No secret key",
  37: "Invalid user ID",
  53: "Unusable public key",
  54: "Unusable secret key",
  58: "No data",
  62: "Timeout",
  77: "No agent running",
  85: "No pinentry",
  99: "Operation cancelled",
  152: "Decryption failed",
  177: "No passphrase given",
  0x8001: "Permission denied",
  0x8051: "No such file or directory",
  0x8066: "Inappropriate ioctl for device",
};

const NO_PUBLIC_KEY = 9;
const NO_SECRET_KEY = 17;
/** A name that no key can have. */
const INVALID_USER_ID = 37;
const NO_DATA = 58;
const NO_PINENTRY = 85;
/** ENOTTY in the numbers of libgpg-error: a pinentry without a terminal. */
const NO_TERMINAL = 0x8066;
/** "Unknown", which gives no reason. */
const UNKNOWN = 0xffff;

/** The number is in the low 16 bits; the bits above name the program that reported it. */
const CODE_MASK = 0xffff;

/** The number of an error without the program that reported it; `undefined` for "unknown". */
function gpgErrorCode(number: string | undefined): number | undefined {
  if (number === undefined || !/^[0-9]{1,10}$/.test(number)) return undefined;
  const code = Number(number) & CODE_MASK;
  return code === UNKNOWN ? undefined : code;
}

/** Text for the number of an error. */
function gpgErrorText(code: number): string {
  return TEXTS[code] ?? `error ${code}`;
}

/** Whether gpg's agent had no way to ask the user for a passphrase. */
export function cannotAsk(code: number | undefined): boolean {
  return code === NO_PINENTRY || code === NO_TERMINAL;
}

/** Whether gpg searched its keys and none matched the name. Any other code means that gpg could not search. */
export function foundNoKey(code: number | undefined): boolean {
  return code === NO_PUBLIC_KEY || code === NO_SECRET_KEY || code === INVALID_USER_ID;
}

/** Why an operation failed, as far as gpg reports it: the last FAILURE or ERROR with a known reason. */
export function failureCode(lines: readonly StatusLine[]): number | undefined {
  if (lines.some(({ keyword }) => keyword === "NO_SECKEY")) return NO_SECRET_KEY;
  const codes = lines.filter(({ keyword }) => keyword === "FAILURE" || keyword === "ERROR")
    .map(({ words }) => gpgErrorCode(words[1]));
  const known = codes.findLast((code) => code !== undefined && Object.hasOwn(TEXTS, code));
  return known ?? (lines.some(({ keyword }) => keyword === "NODATA") ? NO_DATA : codes.at(-1));
}

/** The same as a text. */
export function failureText(lines: readonly StatusLine[]): string | undefined {
  const code = failureCode(lines);
  return code === undefined ? undefined : gpgErrorText(code);
}
