/**
 * Numbers of libgpg-error, in the words that GPGME prints for them.
 *
 * @module
 */
import type { StatusLine } from "./status.ts";

const TEXTS: Readonly<Record<number, string>> = {
  9: "No public key",
  11: "Bad passphrase",
  17: "No secret key",
  53: "Unusable public key",
  54: "Unusable secret key",
  58: "No data",
  62: "Timeout",
  77: "No agent running",
  85: "No pinentry",
  99: "Operation cancelled",
  152: "Decryption failed",
  177: "No passphrase given",
};

/** The number is in the low 16 bits; those above say which program found it. */
const CODE_MASK = 0xffff;
/** ENOTTY as libgpg-error numbers it: a pinentry without a terminal. */
const NO_TERMINAL = 0x8066;
/** "Unknown", which says nothing. */
const UNKNOWN = 0xffff;

/** Words for an error number as status lines give it; `undefined` for one that says nothing. */
export function gpgErrorText(number: string | undefined): string | undefined {
  if (number === undefined || !/^[0-9]{1,10}$/.test(number)) return undefined;
  const code = Number(number) & CODE_MASK;
  if (code === UNKNOWN) return undefined;
  if (code === NO_TERMINAL) return "Inappropriate ioctl for device";
  return TEXTS[code] ?? `error ${code}`;
}

/** Why an operation failed, as far as gpg says: the last FAILURE or ERROR that names a known reason. */
export function failureText(lines: readonly StatusLine[]): string | undefined {
  if (lines.some(({ keyword }) => keyword === "NO_SECKEY")) return "No secret key";
  const codes = lines.filter(({ keyword }) => keyword === "FAILURE" || keyword === "ERROR")
    .map(({ words }) => gpgErrorText(words[1]));
  const known = codes.findLast((text) => text !== undefined && !text.startsWith("error "));
  return known ?? (lines.some(({ keyword }) => keyword === "NODATA") ? "No data" : codes.at(-1));
}
