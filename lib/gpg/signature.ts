/**
 * Who signed a message, and whether to believe it.
 *
 * @module
 */
import { countStatus, findStatus, type StatusLine } from "./status.ts";

/** The one signature of a message. */
export interface GpgSignature {
  /** Of the key that signed, in capital hexadecimal digits; absent where gpg knows only the key's id. */
  readonly fingerprint?: string;
  /** Of the key that one belongs to; the same unless a subkey signed. */
  readonly primaryFingerprint?: string;
  /** The last 8 hexadecimal digits. */
  readonly id: string;
  /** Absent: the signature is good, and its key is valid at least marginally. Else why not, in one clause. */
  readonly flaw?: string;
  /** Bits of `gpgme_sigsum_t`: what the C tools print as `GPG sig summary`. */
  readonly summary: number;
  /** A number of libgpg-error: what the C tools print as `GPG sig status`. */
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

interface Verdict {
  readonly flaw: string;
  readonly summary: number;
  readonly status: number;
}

/** What each kind of signature line but GOODSIG means. */
const FLAWS: Readonly<Record<string, Verdict>> = {
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

/** Trust lines and the summary they lead to; any other is below marginal. */
const VALIDITIES: Readonly<Record<string, number>> = {
  TRUST_MARGINAL: 0,
  TRUST_FULLY: SUMMARY.valid | SUMMARY.green,
  TRUST_ULTIMATE: SUMMARY.valid | SUMMARY.green,
};

const FINGERPRINT = /^(?:[0-9A-F]{40}|[0-9A-F]{64})$/;
const KEY_ID = /^[0-9A-F]{16}(?:[0-9A-F]{24}|[0-9A-F]{48})?$/;
const ID_DIGITS = 8;

/**
 * The signature that status lines tell of, or `undefined` where there is none. Several signatures are as one that is
 * not good: there is no saying which of them counts. Never throws.
 */
export function findSignature(lines: readonly StatusLine[]): GpgSignature | undefined {
  const line = findStatus(lines, ...SIGNATURES);
  const keyId = line?.words[0] ?? "";
  if (line === undefined || !KEY_ID.test(keyId)) {
    // NEWSIG without a line of what came of it: something is signed, and nothing is known of it.
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

/** A good signature is worth what the keyring says of its key (`docs/spec/wire.md` 9). */
function judgeValidity(lines: readonly StatusLine[]): Verdict | Omit<Verdict, "flaw"> {
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
  // ERRSIG ends in the fingerprint where the signature names it; nothing vouches for either.
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
