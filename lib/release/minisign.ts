/**
 * Signatures of minisign in its format without a digest, which OpenBSD's signify reads too.
 *
 * A signature file has four lines (minisign(1), "Signature format"): an untrusted comment; base64 of `Ed`, 8 bytes key
 * id and the Ed25519 signature of the content; the trusted comment; base64 of the Ed25519 signature of the first
 * signature and the trusted comment. signify reads the first two lines.
 *
 * @module
 */
import { decodeBase64 } from "../crypto/base64.ts";
import { bytesText, concatBytes, textBytes } from "../crypto/bytes.ts";
import { equalBytes } from "../crypto/equal.ts";
import { toHex } from "../crypto/hex.ts";

/** A public key. */
export interface PublicKey {
  /** 16 hexadecimal digits, as minisign prints them. */
  readonly id: string;
  readonly idBytes: Uint8Array;
  /** 32 bytes (RFC 8032). */
  readonly key: Uint8Array;
}

/** A signature file. */
export interface Signature {
  readonly id: string;
  readonly idBytes: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
  readonly trustedComment: string;
  /** 64 bytes, over `signature` and `trustedComment`. */
  readonly globalSignature: Uint8Array;
}

const UNTRUSTED = "untrusted comment: ";
const TRUSTED = "trusted comment: ";
/** The name of the algorithm. `ED` would be a signature of the digest BLAKE2b, which signify does not know. */
const ALGORITHM = textBytes("Ed");
const PREHASHED = textBytes("ED");
const [ID_LENGTH, KEY_LENGTH, SIGNATURE_LENGTH] = [8, 32, 64];

/** Reads a public key: a file of minisign, or its second line alone; `undefined` for anything else. */
export function parsePublicKey(text: string): PublicKey | undefined {
  const lines = text.replace(/\n$/, "").split("\n");
  if (lines.length === 2 && lines[0]?.startsWith(UNTRUSTED)) lines.shift();
  const bytes = lines.length === 1 ? decodePadded(lines[0] ?? "") : undefined;
  if (bytes?.length !== 2 + ID_LENGTH + KEY_LENGTH || !startsWith(bytes, ALGORITHM)) {
    return undefined;
  }
  const idBytes = bytes.slice(2, 2 + ID_LENGTH);
  return { id: keyId(idBytes), idBytes, key: bytes.slice(2 + ID_LENGTH) };
}

/** Reads a signature file. Returns what is wrong with it for any other text. */
export function parseSignature(bytes: Uint8Array): Signature | "not a signature" | "prehashed" {
  const lines = bytesText(bytes)?.replace(/\n$/, "").split("\n") ?? [];
  const [untrusted = "", first = "", trusted = "", second = ""] = lines;
  const head = decodePadded(first);
  const globalSignature = decodePadded(second);
  if (
    lines.length !== 4 || !untrusted.startsWith(UNTRUSTED) || !trusted.startsWith(TRUSTED) ||
    head?.length !== 2 + ID_LENGTH + SIGNATURE_LENGTH ||
    globalSignature?.length !== SIGNATURE_LENGTH
  ) return "not a signature";
  if (startsWith(head, PREHASHED)) return "prehashed";
  if (!startsWith(head, ALGORITHM)) return "not a signature";
  const idBytes = head.slice(2, 2 + ID_LENGTH);
  return {
    id: keyId(idBytes),
    idBytes,
    signature: head.slice(2 + ID_LENGTH),
    trustedComment: trusted.slice(TRUSTED.length),
    globalSignature,
  };
}

/** Whether the key made the signature, of the content and of the trusted comment. */
export async function isSignedBy(
  key: PublicKey,
  signature: Signature,
  content: Uint8Array,
): Promise<boolean> {
  if (!equalBytes(key.idBytes, signature.idBytes)) return false;
  const imported = await crypto.subtle.importKey("raw", key.key.slice(), "Ed25519", false, [
    "verify",
  ]);
  const verify = (of: Uint8Array, bytes: Uint8Array): Promise<boolean> =>
    crypto.subtle.verify("Ed25519", imported, of.slice(), bytes.slice());
  const comment = concatBytes(signature.signature, textBytes(signature.trustedComment));
  return await verify(signature.signature, content) &&
    await verify(signature.globalSignature, comment);
}

/** The number that minisign prints: the bytes are little-endian. */
export function keyId(bytes: Uint8Array): string {
  return toHex(bytes.toReversed()).toUpperCase();
}

/** Base64 with the `=` that belong to it; `undefined` for any other text. */
function decodePadded(text: string): Uint8Array | undefined {
  const bare = text.replace(/={1,2}$/, "");
  return text.length % 4 === 0 && bare.length + (-bare.length & 3) === text.length
    ? decodeBase64(bare)
    : undefined;
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}
