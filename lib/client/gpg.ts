/**
 * Packets in GnuPG mode, from a knock's plan (`docs/spec/client.md` 13).
 *
 * @module
 */
import { visible } from "../one_line.ts";
import { type GpgOpenedPacket, openGpgText } from "../gpg/open.ts";
import { type GpgProgram } from "../gpg/run.ts";
import { sealGpgPacket } from "../gpg/seal.ts";
import { SPA_ERRORS, type SpaErrorName, type SpaFailure, type SpaResult } from "../spa/error.ts";
import { MAX_TEXT_LENGTH } from "../spa/limits.ts";
import type { SpaMessage } from "../spa/message.ts";
import type { SealedPacket } from "../spa/seal.ts";
import { failure, success } from "../errors/result.ts";
import type { KnockKeys } from "./keys.ts";
import { libraryError, Problem, usageProblem } from "./problem.ts";
import type { GpgSealing } from "./plan.ts";

/** Encrypts for the recipient and signs. Fails as {@link sealGpgPacket} does, and when gpg's paths do not exist. */
export async function sealWithGpg(
  message: SpaMessage,
  sealing: GpgSealing,
  keys: KnockKeys,
): Promise<SpaResult<SealedPacket>> {
  const missing = await checkPaths(sealing);
  if (missing !== undefined) return missing;
  return await sealGpgPacket(message, {
    ...gpgProgram(sealing),
    recipient: sealing.recipient,
    signer: sealing.signer,
    passphrase: sealing.passphrase === "agent" ? undefined : keys.encryptionKey,
    digestName: sealing.digest,
    hmac: keys.hmac,
  });
}

/** A program or a home directory that does not exist. Call it before asking for a passphrase. */
export async function gpgPathProblem(sealing: GpgSealing): Promise<Problem | undefined> {
  const missing = await checkPaths(sealing);
  return missing === undefined ? undefined : gpgProblem(missing);
}

/** Opens a packet again. This works only if the user has the recipient's secret key. */
export async function openWithGpg(
  { fullText, mac }: SealedPacket,
  sealing: GpgSealing,
  keys: KnockKeys,
): Promise<SpaResult<GpgOpenedPacket>> {
  const opened = await openGpgText(fullText, {
    ...gpgProgram(sealing),
    passphrase: keys.encryptionKey,
    asksAgent: sealing.passphrase === "agent",
    requireSignature: true,
    ignoreSignatureErrors: false,
    milliseconds: OPEN_MILLISECONDS,
  });
  return opened.ok && mac !== undefined ? success({ ...opened.value, mac }) : opened;
}

/** The user may have to type a passphrase. */
const OPEN_MILLISECONDS = 60_000;

function gpgProgram({ program, homeDirectory }: GpgSealing): GpgProgram {
  return { program, homeDirectory, policy: "user" };
}

async function checkPaths(
  { homeDirectory, program }: GpgSealing,
): Promise<SpaFailure | undefined> {
  const paths: readonly [string | undefined, SpaErrorName][] = [
    [homeDirectory, "GPGME_BAD_HOME_DIRECTORY"],
    [program, "GPGME_BAD_PROGRAM"],
  ];
  for (const [path, error] of paths) {
    if (path === undefined) continue;
    try {
      const { isDirectory } = await Deno.stat(path);
      if (isDirectory === (error === "GPGME_BAD_HOME_DIRECTORY")) continue;
    } catch {
      // It does not exist, or this user may not reach it.
    }
    return failure(error, path);
  }
  return undefined;
}

/** The library function that the C client names in its line, for each error of GnuPG. */
const CALLS: Readonly<Partial<Record<SpaErrorName, string>>> = {
  GPGME_ENCRYPT_SIGN: "fko_spa_data_final",
  GPGME_SIGNER_NOT_FOUND: "fko_set_gpg_signer",
  GPGME_SIGNER_AMBIGUOUS: "fko_set_gpg_signer",
  GPGME_RECIPIENT_NOT_FOUND: "fko_set_gpg_recipient",
  GPGME_RECIPIENT_AMBIGUOUS: "fko_set_gpg_recipient",
  GPGME_BAD_PROGRAM: "fko_set_gpg_exe",
  GPGME_BAD_HOME_DIRECTORY: "fko_set_gpg_home_dir",
};

/** The error that the C client prints where we have a more exact one. */
const C_ERRORS: Readonly<Partial<Record<SpaErrorName, SpaErrorName>>> = {
  GPG_CANNOT_ASK: "GPGME_ENCRYPT_SIGN",
  GPG_CANNOT_LIST_RECIPIENTS: "GPGME_RECIPIENT_NOT_FOUND",
  GPG_CANNOT_LIST_SIGNERS: "GPGME_SIGNER_NOT_FOUND",
};

/** What the user reads about a failure of GnuPG; `undefined` for a failure that GnuPG did not cause. */
export function gpgProblem({ error, detail = "" }: SpaFailure): Problem | undefined {
  if (error === "GPG_RECIPIENT_UNSUITABLE") {
    return usageProblem(
      "packets cannot be sent to this recipient's key: servers expect an RSA key",
      {
        hint:
          "make an RSA key of 2048 bits or more for the server; elliptic curves and RSA-1024 do not work",
      },
    );
  }
  if (error === "INVALID_DATA_FUNCS_NEW_MSGLEN_VALIDFAIL") {
    return usageProblem(`the packet would have ${detail}; servers read ${MAX_TEXT_LENGTH}`, {
      hint: "use smaller keys: RSA-2048 or RSA-3072 at both ends, or an elliptic curve for signing",
      reference: libraryError(
        "fko_spa_data_final",
        59,
        "Args contain invalid data: FKO_ERROR_INVALID_DATA_ENCRYPT_GPG_RESULT_MSGLEN_VALIDFAIL",
      ),
    });
  }
  const cError = C_ERRORS[error] ?? error;
  const call = CALLS[cError];
  if (call === undefined) return undefined;
  const { code, text } = SPA_ERRORS[cError];
  const line = libraryError(call, code ?? 0, text);
  // The text comes from gpg and from the user IDs of keys.
  const said = visible(detail);
  const [reason, hint] = describe(error, said);
  return new Problem(reason, { hint, reference: reference(cError, said, line) });
}

/** The C client's lines: the library's, and below it GPGME's, which says "End of file" when it found no key. */
function reference(error: SpaErrorName, detail: string, line: string): string {
  switch (error) {
    case "GPGME_BAD_PROGRAM":
    case "GPGME_BAD_HOME_DIRECTORY":
      return line;
    case "GPGME_ENCRYPT_SIGN":
      return `${line}\nGPG ERR: ${detail}`;
    default:
      return `${line}\nGPG ERR: ${error.endsWith("NOT_FOUND") ? "End of file" : ""}`;
  }
}

function describe(error: SpaErrorName, detail: string): readonly [text: string, hint: string] {
  switch (error) {
    case "GPGME_SIGNER_NOT_FOUND":
      return [`there is no secret key '${detail}'`, "list the secret keys: gpg --list-secret-keys"];
    case "GPGME_RECIPIENT_NOT_FOUND":
      return [`there is no key '${detail}'`, "import the server's public key: gpg --import FILE"];
    case "GPGME_SIGNER_AMBIGUOUS":
    case "GPGME_RECIPIENT_AMBIGUOUS":
      return [`there are ${detail}`, "name one of them by its fingerprint"];
    case "GPGME_BAD_PROGRAM":
      return [`there is no program ${detail}`, "leave out --gpg-exe to use gpg from the PATH"];
    case "GPGME_BAD_HOME_DIRECTORY":
      return [`there is no directory ${detail}`, "leave out --gpg-home-dir to use gpg's default"];
    case "GPG_CANNOT_LIST_RECIPIENTS":
      return [`gpg cannot list keys: ${detail}`, "try it by hand: gpg --list-keys"];
    case "GPG_CANNOT_LIST_SIGNERS":
      return [`gpg cannot list secret keys: ${detail}`, "try it by hand: gpg --list-secret-keys"];
    case "GPG_CANNOT_ASK":
      return [
        `gpg's agent cannot ask for the passphrase: ${detail}`,
        "type: export GPG_TTY=$(tty), and install a pinentry program",
      ];
    default:
      return [
        detail === "" ? "gpg did not encrypt and sign" : `gpg did not encrypt and sign: ${detail}`,
        "try it by hand: gpg --encrypt --sign --recipient SERVER --local-user YOU",
      ];
  }
}
