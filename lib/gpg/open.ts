/**
 * Opens packets in GnuPG mode: the part after the HMAC (`docs/spec/wire.md` 9 and 11).
 *
 * @module
 */
import type { GpgSettings } from "../config/stanza.ts";
import { decodeBase64 } from "../crypto/base64.ts";
import { textBytes } from "../crypto/bytes.ts";
import type { SpaFailure, SpaResult } from "../spa/error.ts";
import { decodeFields } from "../spa/fields.ts";
import { MAX_TEXT_LENGTH, MIN_TEXT_LENGTH } from "../spa/limits.ts";
import type { OpenedPacket } from "../spa/packet.ts";
import { failure, success } from "../errors/result.ts";
import { failureText } from "./error_code.ts";
import { looksEncrypted } from "./message_shape.ts";
import { type GpgProgram, type GpgRun, isPassphrase, runGpg } from "./run.ts";
import { findSignature, type GpgSignature } from "./signature.ts";
import { countStatus, type StatusLine } from "./status.ts";

/** The signature that a packet must have, and the passphrase of the key that decrypts it. */
export interface GpgOpenOptions extends GpgProgram {
  /** Absent: empty, for a key without a passphrase. */
  readonly passphrase?: Uint8Array | undefined;
  /** Let gpg's agent supply the passphrase. */
  readonly asksAgent?: boolean;
  /** `GPGME_NO_SIGNATURE` for an unsigned message, `GPGME_BAD_SIGNATURE` for a bad one. */
  readonly requireSignature: boolean;
  /** Accept a bad signature anyway. */
  readonly ignoreSignatureErrors: boolean;
  /** Time limit, after which gpg is killed. Absent: {@link OPEN_MILLISECONDS}. */
  readonly milliseconds?: number;
}

/** A decrypted packet that passed its checks. */
export interface GpgOpenedPacket extends OpenedPacket {
  /** Absent where no signature was required. */
  readonly signature?: GpgSignature;
}

/** A decryption takes some hundredths of a second; on a small machine whose agent must start, more. */
export const OPEN_MILLISECONDS = 5_000;

/** The options for the packets of a stanza. */
export function stanzaOptions(
  { passphrase, ...settings }: GpgSettings,
  signal?: AbortSignal,
): GpgOpenOptions {
  const { program, homeDirectory, requireSignature, ignoreSignatureErrors } = settings;
  return {
    program,
    homeDirectory,
    policy: "gpg",
    signal,
    requireSignature,
    ignoreSignatureErrors,
    passphrase: passphrase === undefined ? undefined : textBytes(passphrase),
  };
}

/**
 * Decrypts a full text (with its prefix, without its mac) and checks signature and fields. Accepts any text and never
 * rejects. A failure of gpg itself is a `GPGME_DECRYPT_FAILED` with the reason in its detail.
 */
export async function openGpgText(
  fullText: string,
  options: GpgOpenOptions,
): Promise<SpaResult<GpgOpenedPacket>> {
  const blob = decodeBase64(fullText);
  if (blob === undefined) return failure("INVALID_DATA_ENCRYPT_CIPHERLEN_DECODEFAIL");
  if (!looksEncrypted(blob)) return failure("GPGME_DECRYPT_FAILED", "No data");
  const { passphrase, asksAgent = false, milliseconds = OPEN_MILLISECONDS } = options;
  if (passphrase !== undefined && !isPassphrase(passphrase)) {
    return failure("GPGME_DECRYPT_FAILED", "GPG_DECRYPT_PW has a line feed or a NUL in it");
  }
  const run = await runGpg(options, {
    // A small message can hold a large text. One byte more than a plaintext may have is enough to refuse it.
    args: ["--max-output", String(MAX_TEXT_LENGTH + 1), "--decrypt"],
    input: blob,
    passphrase: asksAgent ? undefined : passphrase ?? new Uint8Array(),
    milliseconds,
  });
  return readDecryption(run, fullText, options);
}

/** Interprets the result of `gpg --decrypt`. */
export function readDecryption(
  run: GpgRun,
  fullText: string,
  options: Pick<GpgOpenOptions, "requireSignature" | "ignoreSignatureErrors">,
): SpaResult<GpgOpenedPacket> {
  if (!run.ran) return failure("GPGME_DECRYPT_FAILED", run.reason);
  const { status, output } = run;
  if (!isDecrypted(status)) {
    return failure("GPGME_DECRYPT_FAILED", failureText(status) ?? "Decryption failed");
  }
  const signature = options.requireSignature ? findSignature(status) : undefined;
  const refusal = checkSignature(signature, options);
  if (refusal !== undefined) return refusal;
  if (output.length < MIN_TEXT_LENGTH || output.length > MAX_TEXT_LENGTH) {
    return failure("INVALID_DATA_ENCRYPT_DECRYPTED_MSGLEN_VALIDFAIL", `${output.length} bytes`);
  }
  const decoded = decodeFields(output);
  if (!decoded.ok) return decoded;
  const opened = { ...decoded.value, fullText };
  return success(signature === undefined ? opened : { ...opened, signature });
}

/**
 * Whether one message was decrypted and held one text. gpg prints the beginning of a text before it detects that the
 * message was cut or changed, so output proves nothing. Neither does its exit status, which a bad signature changes too.
 */
function isDecrypted(status: readonly StatusLine[]): boolean {
  return countStatus(status, "DECRYPTION_OKAY") === 1 && countStatus(status, "PLAINTEXT") === 1 &&
    countStatus(status, "DECRYPTION_FAILED", "NODATA", "UNEXPECTED", "BADMDC") === 0;
}

function checkSignature(
  signature: GpgSignature | undefined,
  { requireSignature, ignoreSignatureErrors }: Pick<
    GpgOpenOptions,
    "requireSignature" | "ignoreSignatureErrors"
  >,
): SpaFailure | undefined {
  if (!requireSignature) return undefined;
  if (signature === undefined) return failure("GPGME_NO_SIGNATURE");
  return signature.flaw === undefined || ignoreSignatureErrors
    ? undefined
    : failure("GPGME_BAD_SIGNATURE", signature.flaw);
}
