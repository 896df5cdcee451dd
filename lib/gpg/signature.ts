/**
 * Who signed a message, and whether the signature is valid.
 *
 * @module
 */
import { countStatus, findStatus, type StatusLine } from "./status.ts";

/** The one signature of a message. */
export interface GpgSignature {
  /** Of the key that signed, in capital hexadecimal digits. Absent where gpg knows only the key's id. */
  readonly fingerprint?: string;
  /** Of the primary key of that key; the same unless a subkey signed. */
  readonly primaryFingerprint?: string;
  /** The last 8 hexadecimal digits. */
  readonly id: string;
  /** Absent: the signature is good, and its key is valid at least marginally. Otherwise the reason, in one clause. */
  readonly flaw?: string;
  /** Bits of `gpgme_sigsum_t`; the C tools print them as `GPG sig summary`. */
  readonly summary: number;
  /** A number of libgpg-error; the C tools print it as `GPG sig status`. */
  readonly status: number;
}

/** Bits of `gpgme_sigsum_t`. */
const SUMMARY = {
  valid: 1,
  green: 2,
  red: 4,
  keyRevoked: 16,
  keyExpired: 32,
  expired: 64,
  missing: 128,
};
/** Numbers of libgpg-error. */
const STATUS = {
  good: 0,
  bad: 8,
  noKey: 9,
  general: 1,
  keyRevoked: 94,
  expired: 154,
  keyExpired: 153,
};

interface SignatureFlaw {
  readonly flaw: string;
  readonly summary: number;
  readonly status: number;
}

/** The meaning of each signature line except GOODSIG. */
const FLAWS: Readonly<Record<string, SignatureFlaw>> = {
  BADSIG: { flaw: "the signature does not match", summary: SUMMARY.red, status: STATUS.bad },
  EXPSIG: { flaw: "the signature has expired", summary: SUMMARY.expired, status: STATUS.expired },
  EXPKEYSIG: {
    flaw: "the signing key has expired",
    summary: SUMMARY.keyExpired,
    status: STATUS.keyExpired,
  },
  REVKEYSIG: {
    flaw: "the signing key was revoked",
    summary: SUMMARY.keyRevoked,
    status: STATUS.keyRevoked,
  },
  ERRSIG: { flaw: "the signature cannot be checked", summary: 0, status: STATUS.general },
};
const SIGNATURES = ["GOODSIG", ...Object.keys(FLAWS)];

/** Trust lines and the summary for each; any other is below marginal. */
const VALIDITIES: Readonly<Record<string, number>> = {
  TRUST_MARGINAL: 0,
  TRUST_FULLY: SUMMARY.valid | SUMMARY.green,
  TRUST_ULTIMATE: SUMMARY.valid | SUMMARY.green,
};

const FINGERPRINT = /^(?:[0-9A-F]{40}|[0-9A-F]{64})$/;
const KEY_ID = /^[0-9A-F]{16}(?:[0-9A-F]{24}|[0-9A-F]{48})?$/;
const ID_DIGITS = 8;

/**
 * The signature that the status lines report, or `undefined` without a signature. Several signatures count as one that
 * is not good, because gpg does not say which of them covers the text. Never throws.
 */
export function findSignature(lines: readonly StatusLine[]): GpgSignature | undefined {
  const line = findStatus(lines, ...SIGNATURES);
  const keyId = line?.words[0] ?? "";
  if (line === undefined || !KEY_ID.test(keyId)) {
    // NEWSIG without a result line: something is signed, and nothing is known about the signature.
    return countStatus(lines, "NEWSIG", ...SIGNATURES) === 0 ? undefined : unknownSignature();
  }
  const found = identify(lines, line, keyId);
  if (countStatus(lines, ...SIGNATURES) > 1 || countStatus(lines, "NEWSIG") > 1) {
    return {
      ...found,
      flaw: "there is more than one signature",
      summary: 0,
      status: STATUS.general,
    };
  }
  const missing = line.keyword === "ERRSIG" && countStatus(lines, "NO_PUBKEY") > 0;
  if (missing) {
    const flaw = "the signing key is not in the keyring";
    return { ...found, flaw, summary: SUMMARY.missing, status: STATUS.noKey };
  }
  const verdict = FLAWS[line.keyword] ?? judgeValidity(lines);
  return { ...found, ...verdict };
}

/** A good signature is as valid as its key in the keyring (`docs/spec/wire.md` 9). */
function judgeValidity(lines: readonly StatusLine[]): SignatureFlaw | Omit<SignatureFlaw, "flaw"> {
  const trust = lines.filter(({ keyword }) => keyword.startsWith("TRUST_"));
  const summary = trust.length === 1 ? VALIDITIES[trust[0]?.keyword ?? ""] : undefined;
  const isValid = countStatus(lines, "VALIDSIG") === 1;
  return summary === undefined || !isValid
    ? { flaw: "the signing key is not trusted in the keyring", summary: 0, status: STATUS.good }
    : { summary, status: STATUS.good };
}

function identify(
  lines: readonly StatusLine[],
  line: StatusLine,
  keyId: string,
): Pick<GpgSignature, "id" | "fingerprint" | "primaryFingerprint"> {
  const valid = findStatus(lines, "VALIDSIG");
  // ERRSIG ends with the fingerprint where the signature names it. Neither value is verified.
  const fingerprint = valid?.words[0] ?? (line.keyword === "ERRSIG" ? line.words[6] : undefined);
  const primary = valid?.words[9];
  return {
    id: (isFingerprint(fingerprint) ? fingerprint : keyId).slice(-ID_DIGITS),
    ...(isFingerprint(fingerprint) ? { fingerprint } : {}),
    ...(isFingerprint(primary) ? { primaryFingerprint: primary } : {}),
  };
}

function isFingerprint(text: string | undefined): text is string {
  return text !== undefined && FINGERPRINT.test(text);
}

function unknownSignature(): GpgSignature {
  const flaw = "the signature cannot be checked";
  return { id: "00000000", flaw, summary: 0, status: STATUS.general };
}
