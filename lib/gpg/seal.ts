/**
 * Seals packets in GnuPG mode (`docs/spec/wire.md` 9, `docs/spec/client.md` 13).
 *
 * @module
 */
import { encodeBase64 } from "../crypto/base64.ts";
import type { DigestName } from "../crypto/digest.ts";
import type { SpaErrorName, SpaFailure, SpaResult } from "../spa/error.ts";
import { encodePlaintext } from "../spa/fields.ts";
import { GPG_LENGTH, MAX_TEXT_LENGTH } from "../spa/limits.ts";
import { computeMac, type PacketHmac } from "../spa/mac.ts";
import type { SpaMessage } from "../spa/message.ts";
import type { SealedPacket } from "../spa/seal.ts";
import { removePrefix } from "../spa/prefix.ts";
import { failure, success } from "../errors/result.ts";
import { cannotAsk, failureCode, failureText, foundNoKey } from "./error_code.ts";
import { parseKeyListing } from "./key_listing.ts";
import { type GpgProgram, isPassphrase, runGpg } from "./run.ts";
import { countStatus } from "./status.ts";

/** How to seal a message for a GnuPG key. */
export interface GpgSealOptions extends GpgProgram {
  /** The recipient: any text by which gpg finds exactly one key. */
  readonly recipient: string;
  /** The key that signs. Absent: the packet is not signed. */
  readonly signer?: string | undefined;
  /** Passphrase of the signer's key. Absent: the agent asks for it, if it must. */
  readonly passphrase?: Uint8Array | undefined;
  readonly digestName: DigestName;
  /** Absent: no mac. */
  readonly hmac?: PacketHmac | undefined;
}

/** A listing is quick; it takes longer when gpg checks its trust database. */
const LIST_MILLISECONDS = 20_000;
/** The user may have to type a passphrase or touch a token. */
const SEAL_MILLISECONDS = 120_000;

/**
 * Encrypts and signs. The keys are looked up first, as in the C client, so that a wrong name is a separate error.
 * Details of failures are gpg's, in GPGME's words.
 */
export async function sealGpgPacket(
  message: SpaMessage,
  options: GpgSealOptions,
): Promise<SpaResult<SealedPacket>> {
  const { signer, passphrase, digestName, hmac } = options;
  const encoded = encodePlaintext(message, digestName);
  if (!encoded.ok) return encoded;
  const recipientKey = await findKey(options, options.recipient, RECIPIENT);
  if (!recipientKey.ok) return recipientKey;
  const signerKey = signer === undefined ? undefined : await findKey(options, signer, SIGNER);
  if (signerKey?.ok === false) return signerKey;
  if (passphrase !== undefined && !isPassphrase(passphrase)) {
    return failure("GPGME_ENCRYPT_SIGN", "the passphrase has a line feed or a NUL in it");
  }
  const blob = await encrypt(
    encoded.value.plaintext,
    recipientKey.value,
    signerKey?.value,
    options,
  );
  return blob.ok ? frame(blob.value, encoded.value, hmac) : blob;
}

/** A kind of key, and the errors when gpg does not find exactly one. */
interface Wanted {
  readonly kind: "pub" | "sec";
  readonly operation: "--list-keys" | "--list-secret-keys";
  /** gpg could not search its keys. */
  readonly unlisted: SpaErrorName;
  readonly missing: SpaErrorName;
  readonly ambiguous: SpaErrorName;
}

const RECIPIENT: Wanted = {
  kind: "pub",
  operation: "--list-keys",
  unlisted: "GPG_CANNOT_LIST_RECIPIENTS",
  missing: "GPGME_RECIPIENT_NOT_FOUND",
  ambiguous: "GPGME_RECIPIENT_AMBIGUOUS",
};
const SIGNER: Wanted = {
  kind: "sec",
  operation: "--list-secret-keys",
  unlisted: "GPG_CANNOT_LIST_SIGNERS",
  missing: "GPGME_SIGNER_NOT_FOUND",
  ambiguous: "GPGME_SIGNER_AMBIGUOUS",
};

/** The fingerprint of the one key that matches the name. */
async function findKey(
  program: GpgProgram,
  name: string,
  { kind, operation, unlisted, missing, ambiguous }: Wanted,
): Promise<SpaResult<string>> {
  const run = await runGpg(program, {
    args: ["--with-colons", "--fixed-list-mode", operation, "--", name],
    milliseconds: LIST_MILLISECONDS,
  });
  if (!run.ran) return failure("GPGME_ENCRYPT_SIGN", run.reason);
  const keys = parseKeyListing(new TextDecoder().decode(run.output), kind);
  const [key] = keys;
  if (key === undefined) {
    // gpg lists no secret key while its agent ends or does not start. That says nothing about the key.
    const code = failureCode(run.status);
    return code === undefined || foundNoKey(code)
      ? failure(missing, name)
      : failure(unlisted, failureText(run.status));
  }
  return keys.length > 1
    ? failure(ambiguous, `${keys.length} keys for ${name}`)
    : success(key.fingerprint);
}

async function encrypt(
  plaintext: Uint8Array,
  recipient: string,
  signer: string | undefined,
  options: GpgSealOptions,
): Promise<SpaResult<Uint8Array>> {
  const run = await runGpg(options, {
    args: [
      // The C client uses any key that the user names, so the user's web of trust is ignored here too.
      ...["--trust-model", "always", "--no-armor", "--no-encrypt-to", "--no-throw-keyids"],
      ...(signer === undefined ? [] : ["--local-user", signer, "--sign"]),
      ...["--recipient", recipient, "--encrypt"],
    ],
    input: plaintext,
    passphrase: signer === undefined ? undefined : options.passphrase,
    milliseconds: SEAL_MILLISECONDS,
  });
  if (!run.ran) return failure("GPGME_ENCRYPT_SIGN", run.reason);
  const { code, status, output } = run;
  const isSigned = countStatus(status, "SIG_CREATED") === (signer === undefined ? 0 : 1);
  if (code === 0 && isSigned && countStatus(status, "END_ENCRYPTION") === 1) return success(output);
  const isSilent = cannotAsk(failureCode(status));
  return failure(isSilent ? "GPG_CANNOT_ASK" : "GPGME_ENCRYPT_SIGN", failureText(status));
}

/** Turns the OpenPGP message into a packet. */
function frame(
  blob: Uint8Array,
  { encodedData, digest }: { readonly encodedData: string; readonly digest: string },
  hmac: PacketHmac | undefined,
): SpaResult<SealedPacket> {
  const fullText = encodeBase64(blob);
  const text = removePrefix(fullText, "gpg");
  if (text === undefined) return failure("GPG_RECIPIENT_UNSUITABLE", fullText.slice(0, 2));
  const mac = hmac === undefined ? undefined : computeMac(fullText, hmac);
  const packetText = text + (mac ?? "");
  const refusal = checkLength(packetText.length);
  if (refusal !== undefined) return refusal;
  const sealed = { packetText, fullText, encodedData, digest };
  return success(mac === undefined ? sealed : { ...sealed, mac });
}

/** A shorter packet would be taken for one of the symmetric cipher. A longer one is not read. */
function checkLength(length: number): SpaFailure | undefined {
  if (length < GPG_LENGTH) return failure("SPA_MSG_BAD_DATA", `${length} characters`);
  return length > MAX_TEXT_LENGTH
    ? failure("INVALID_DATA_FUNCS_NEW_MSGLEN_VALIDFAIL", `${length} characters`)
    : undefined;
}
