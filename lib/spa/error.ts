/**
 * Why a message or packet is refused: names, numbers and texts of the C tools (`docs/spec/wire.md` 12).
 *
 * @module
 */
import type { Failure, Result } from "../errors/result.ts";

/**
 * Numbers of libfko (without the prefix `FKO_ERROR_`) and of the C daemon (`SPA_MSG_…`), by name. The last group has no
 * number: the C tools print their own line instead.
 */
const CODES = {
  INVALID_DATA_DECODE_MSGLEN_VALIDFAIL: 6,
  INVALID_DATA_DECODE_NON_ASCII: 7,
  INVALID_DATA_DECODE_LT_MIN_FIELDS: 8,
  INVALID_DATA_DECODE_WRONG_NUM_FIELDS: 10,
  INVALID_DATA_DECODE_RAND_MISSING: 12,
  INVALID_DATA_DECODE_USERNAME_MISSING: 13,
  INVALID_DATA_DECODE_USERNAME_TOOBIG: 14,
  INVALID_DATA_DECODE_USERNAME_DECODEFAIL: 15,
  INVALID_DATA_DECODE_USERNAME_VALIDFAIL: 16,
  INVALID_DATA_DECODE_TIMESTAMP_MISSING: 17,
  INVALID_DATA_DECODE_TIMESTAMP_TOOBIG: 18,
  INVALID_DATA_DECODE_TIMESTAMP_DECODEFAIL: 19,
  INVALID_DATA_DECODE_VERSION_MISSING: 20,
  INVALID_DATA_DECODE_VERSION_TOOBIG: 21,
  INVALID_DATA_DECODE_MSGTYPE_MISSING: 22,
  INVALID_DATA_DECODE_MSGTYPE_TOOBIG: 23,
  INVALID_DATA_DECODE_MSGTYPE_DECODEFAIL: 24,
  INVALID_DATA_DECODE_MESSAGE_MISSING: 25,
  INVALID_DATA_DECODE_MESSAGE_TOOBIG: 26,
  INVALID_DATA_DECODE_MESSAGE_DECODEFAIL: 27,
  INVALID_DATA_DECODE_MESSAGE_VALIDFAIL: 28,
  INVALID_DATA_DECODE_ACCESS_VALIDFAIL: 29,
  INVALID_DATA_DECODE_NATACCESS_MISSING: 30,
  INVALID_DATA_DECODE_NATACCESS_TOOBIG: 31,
  INVALID_DATA_DECODE_NATACCESS_DECODEFAIL: 32,
  INVALID_DATA_DECODE_NATACCESS_VALIDFAIL: 33,
  INVALID_DATA_DECODE_SRVAUTH_MISSING: 34,
  INVALID_DATA_DECODE_SRVAUTH_DECODEFAIL: 35,
  INVALID_DATA_DECODE_EXTRA_DECODEFAIL: 38,
  INVALID_DATA_DECODE_TIMEOUT_MISSING: 39,
  INVALID_DATA_DECODE_TIMEOUT_VALIDFAIL: 41,
  INVALID_DATA_DECODE_TIMEOUT_DECODEFAIL: 42,
  INVALID_DATA_ENCODE_NOTBASE64: 47,
  INVALID_DATA_ENCRYPT_CIPHERLEN_DECODEFAIL: 52,
  INVALID_DATA_ENCRYPT_CIPHERLEN_VALIDFAIL: 53,
  INVALID_DATA_ENCRYPT_DECRYPTED_MSGLEN_VALIDFAIL: 55,
  INVALID_DATA_ENCRYPT_MODE_VALIDFAIL: 64,
  INVALID_DATA_ENCRYPT_TYPE_UNKNOWN: 65,
  INVALID_DATA_FUNCS_NEW_MSGLEN_VALIDFAIL: 67,
  INVALID_DATA_HMAC_ENCMSGLEN_VALIDFAIL: 74,
  INVALID_DATA_HMAC_COMPAREFAIL: 75,
  INVALID_DATA_HMAC_TYPE_VALIDFAIL: 76,
  INVALID_DATA_RAND_LEN_VALIDFAIL: 86,
  INVALID_DATA_USER_MISSING: 89,
  INVALID_DATA_USER_FIRSTCHAR_VALIDFAIL: 90,
  INVALID_DATA_USER_REMCHAR_VALIDFAIL: 91,
  DATA_TOO_LARGE: 94,
  INVALID_KEY_LEN: 95,
  INVALID_DIGEST_TYPE: 99,
  INVALID_ALLOW_IP: 100,
  INVALID_SPA_COMMAND_MSG: 101,
  INVALID_SPA_ACCESS_MSG: 102,
  INVALID_SPA_NAT_ACCESS_MSG: 103,
  DECRYPTION_SIZE: 106,
  DECRYPTION_FAILURE: 107,
  DIGEST_VERIFICATION_FAILED: 108,
  INVALID_HMAC_KEY_LEN: 109,
  UNSUPPORTED_HMAC_MODE: 110,
  GPGME_ENCRYPT_SIGN: 122,
  GPGME_SIGNER_NOT_FOUND: 125,
  GPGME_SIGNER_AMBIGUOUS: 126,
  GPGME_RECIPIENT_NOT_FOUND: 130,
  GPGME_RECIPIENT_AMBIGUOUS: 131,
  GPGME_DECRYPT_FAILED: 132,
  GPGME_BAD_PROGRAM: 134,
  GPGME_BAD_HOME_DIRECTORY: 135,
  GPGME_NO_SIGNATURE: 137,
  GPGME_BAD_SIGNATURE: 138,
  SPA_MSG_BAD_DATA: 4096,
  SPA_MSG_NOT_SPA_DATA: 4098,
  NO_ENCRYPTION_TYPE_MATCH: undefined,
  IDENTICAL_KEYS: undefined,
  GPG_RECIPIENT_UNSUITABLE: undefined,
  GPG_CANNOT_ASK: undefined,
  GPG_CANNOT_LIST_RECIPIENTS: undefined,
  GPG_CANNOT_LIST_SIGNERS: undefined,
} as const;

/** Name of an error, without the prefix `FKO_ERROR_`. */
export type SpaErrorName = keyof typeof CODES;

/** Errors of GnuPG, or of starting it. */
export type GpgErrorName = Extract<SpaErrorName, `GPGME_${string}`>;

/** Whether the error is one of GnuPG. */
export function isGpgError(error: SpaErrorName): error is GpgErrorName {
  return error.startsWith("GPGME_");
}

/** Names outside the `INVALID_DATA_` group. The C tools have a text for each. */
type DescribedName = Exclude<SpaErrorName, `INVALID_DATA_${string}`>;

const TEXTS: Readonly<Record<DescribedName, string>> = {
  DATA_TOO_LARGE: "Value or Size of the data exceeded the max allowed",
  INVALID_KEY_LEN: "Invalid key length",
  INVALID_DIGEST_TYPE: "Invalid digest type",
  INVALID_ALLOW_IP: "Invalid allow IP address in the SPA message data",
  INVALID_SPA_COMMAND_MSG: "Invalid SPA command message format",
  INVALID_SPA_ACCESS_MSG: "Invalid SPA access message format",
  INVALID_SPA_NAT_ACCESS_MSG: "Invalid SPA nat_access message format",
  DECRYPTION_SIZE: "Unexpected or invalid size for decrypted data",
  DECRYPTION_FAILURE: "Decryption failed or decrypted data is invalid",
  DIGEST_VERIFICATION_FAILED: "The computed digest did not match the digest in the spa data",
  INVALID_HMAC_KEY_LEN: "Invalid HMAC key length",
  UNSUPPORTED_HMAC_MODE: "Unsupported HMAC mode (default: SHA256)",
  GPGME_ENCRYPT_SIGN: "Error during the encrypt and sign operation",
  GPGME_SIGNER_NOT_FOUND: "The key for the given signer was not found",
  GPGME_SIGNER_AMBIGUOUS: "Ambiguous name/id for the signer key (multiple matches)",
  GPGME_RECIPIENT_NOT_FOUND: "The key for the given recipient was not found",
  GPGME_RECIPIENT_AMBIGUOUS: "Ambiguous name/id for the recipient key (multiple matches)",
  GPGME_DECRYPT_FAILED: "Decryption operation failed",
  GPGME_BAD_PROGRAM: "Unable to stat the given GPG executable",
  GPGME_BAD_HOME_DIRECTORY: "Unable to stat the given GPG home directory",
  GPGME_NO_SIGNATURE: "Missing GPG signature",
  GPGME_BAD_SIGNATURE: "Bad GPG signature",
  SPA_MSG_BAD_DATA: "Data is not a valid SPA message format",
  SPA_MSG_NOT_SPA_DATA: "Data is not an SPA message",
  NO_ENCRYPTION_TYPE_MATCH: "No stanza encryption mode match for encryption type",
  IDENTICAL_KEYS: "The encryption passphrase and HMAC key should not be identical",
  GPG_RECIPIENT_UNSUITABLE: "No server can receive packets for a recipient's key of this kind",
  GPG_CANNOT_ASK: "gpg's agent cannot ask for the passphrase",
  GPG_CANNOT_LIST_RECIPIENTS: "gpg cannot list the recipient's key",
  GPG_CANNOT_LIST_SIGNERS: "gpg cannot list the signer's key",
};

/** Number and text that are printed for an error. */
export interface SpaErrorFacts {
  /** Number in the C tools; `undefined` where they have no number. */
  readonly code: number | undefined;
  /** Text in the C tools. */
  readonly text: string;
}

/** Number and text by name. */
export const SPA_ERRORS: Readonly<Record<SpaErrorName, SpaErrorFacts>> = Object.fromEntries(
  Object.entries(CODES).map(([name, code]) => [name, {
    code,
    text: isDescribed(name) ? TEXTS[name] : `Args contain invalid data: FKO_ERROR_${name}`,
  }]),
) as Record<SpaErrorName, SpaErrorFacts>;

function isDescribed(name: string): name is DescribedName {
  return Object.hasOwn(TEXTS, name);
}

/** A refusal and its reason. */
export type SpaFailure = Failure<SpaErrorName>;

/** A value, or the reason why there is no value. */
export type SpaResult<T> = Result<T, SpaErrorName>;
