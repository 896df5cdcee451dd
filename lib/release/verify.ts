/**
 * Verifies a file of a release: signature, version, platform and SHA-256, over bytes in memory.
 *
 * @module
 */
import { equalBytes } from "../crypto/equal.ts";
import { engineDigest } from "../crypto/engine.ts";
import { textBytes } from "../crypto/bytes.ts";
import { toHex } from "../crypto/hex.ts";
import { HintedError } from "../errors/hinted_error.ts";
import { reasonOf } from "../errors/reason.ts";
import { unpackFile } from "./archive.ts";
import { type ArtefactName, parseArtefactName } from "./artefact_name.ts";
import { isSignedBy, parseSignature, type PublicKey } from "./minisign.ts";
import { parseSums } from "./sums.ts";
import { isVersion } from "./version_order.ts";

/** The bytes to verify, and what they are compared with. */
export interface ReleaseFiles {
  /** Name of the file, without folders. */
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The content of `SHA256SUMS`. */
  readonly sums: Uint8Array;
  /** The content of `SHA256SUMS.minisig`. */
  readonly signature: Uint8Array;
}

/** A program that a key of ours signed. */
export interface VerifiedProgram {
  readonly version: string;
  readonly program: Uint8Array<ArrayBuffer>;
  /** The id of the key, as minisign prints it. */
  readonly keyId: string;
}

const AGAIN = "Do not use it. Download the file, SHA256SUMS and SHA256SUMS.minisig again";

/**
 * Verifies everything that the signature covers. No byte of the file is interpreted before.
 *
 * @param keys any of them may have signed.
 * @param platform the platform that the file must be for.
 * @throws {HintedError} for the first thing that is wrong.
 */
export async function verifyProgram(
  files: ReleaseFiles,
  keys: readonly PublicKey[],
  platform: string,
): Promise<VerifiedProgram> {
  const artefact = readName(files.name, platform);
  const { keyId, version } = await verifySignature(files, keys);
  if (version !== artefact.version) {
    throw new HintedError(
      `SHA256SUMS is signed for version ${version}, and "${files.name}" is named ${artefact.version}`,
      { hint: "Take SHA256SUMS and SHA256SUMS.minisig of the same release as the file" },
    );
  }
  await verifySum(files);
  return { version, keyId, program: await programOf(files, artefact) };
}

function readName(name: string, platform: string): ArtefactName {
  const artefact = parseArtefactName(name);
  if (artefact === undefined) {
    throw new HintedError(
      `"${name}" is not the name of a program of a release: it must be fwknop-VERSION-PLATFORM or fwknop-VERSION-PLATFORM.tar.gz`,
      {
        hint: /\.(?:deb|rpm)$/.test(name)
          ? "A package is installed by the package manager: apt-get install ./FILE.deb or dnf install ./FILE.rpm"
          : "Keep the name that the file has in the release: the signature covers it",
      },
    );
  }
  if (artefact.platform !== platform) {
    throw new HintedError(`"${name}" is for ${artefact.platform}, and this host is ${platform}`, {
      hint: `Download fwknop-${artefact.version}-${platform}`,
    });
  }
  return artefact;
}

async function verifySignature(
  { sums, signature: bytes }: ReleaseFiles,
  keys: readonly PublicKey[],
): Promise<{ keyId: string; version: string }> {
  const signature = parseSignature(bytes);
  if (signature === "not a signature") {
    throw new HintedError("SHA256SUMS.minisig is not a signature of minisign", { hint: AGAIN });
  }
  if (signature === "prehashed") {
    throw new HintedError("SHA256SUMS.minisig signs a digest, which signify cannot verify", {
      hint: "A release is signed with minisign -S -l",
    });
  }
  const named = keys.filter(({ id }) => id === signature.id);
  if (named.length === 0) {
    const known = keys.map(({ id }) => id).join(", ");
    throw new HintedError(
      `The key ${signature.id} signed SHA256SUMS, and this program trusts only ${known}`,
      { hint: "docs/verifying.md says what to do when the key of the releases has changed" },
    );
  }
  for (const key of named) {
    if (!await isSignedBy(key, signature, sums)) continue;
    const [, version = ""] = /^fwknop v?(\S+)$/.exec(signature.trustedComment) ?? [];
    if (isVersion(version)) return { keyId: key.id, version };
    throw new HintedError(
      `The trusted comment of the signature, "${signature.trustedComment}", must be "fwknop VERSION"`,
      { hint: "This signature is for something else" },
    );
  }
  throw new HintedError("The signature of SHA256SUMS is wrong", { hint: AGAIN });
}

async function verifySum({ name, bytes, sums }: ReleaseFiles): Promise<void> {
  const listed = parseSums(sums)?.get(name);
  if (listed === undefined) {
    throw new HintedError(`SHA256SUMS does not list "${name}"`, {
      hint: "Keep the name that the file has in the release: the signature covers it",
    });
  }
  const sum = toHex(await engineDigest("sha256", bytes));
  if (!equalBytes(textBytes(sum), textBytes(listed))) {
    throw new HintedError(`"${name}" is not the file that was signed: its SHA-256 differs`, {
      hint: AGAIN,
    });
  }
}

async function programOf(
  { name, bytes }: ReleaseFiles,
  { form }: ArtefactName,
): Promise<Uint8Array<ArrayBuffer>> {
  if (form === "binary") return bytes;
  try {
    return await unpackFile(bytes, `${name.replace(/\.tar\.gz$/, "")}/fwknop`);
  } catch (cause) {
    throw new HintedError(`Cannot unpack "${name}": ${reasonOf(cause)}`, { cause });
  }
}
