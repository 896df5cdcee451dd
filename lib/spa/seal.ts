/**
 * Sealing a packet around an encryption that the caller brings: the client has the engine's own, which costs it
 * nothing at start (`docs/spec/wire.md` 5 to 7).
 *
 * @module
 */
import { encodeBase64 } from "../crypto/base64.ts";
import { concatBytes, textBytes } from "../crypto/bytes.ts";
import type { DigestName } from "../crypto/digest.ts";
import type { EncryptionMode, SymmetricMode } from "../crypto/encryption_mode.ts";
import { equalBytes } from "../crypto/equal.ts";
import { deriveKey, MAX_KEY_LENGTH } from "../crypto/key_derivation.ts";
import { MAX_HMAC_KEY_LENGTH } from "../crypto/key_generation.ts";
import { failure, type SpaFailure, type SpaResult, success } from "./error.ts";
import { encodePlaintext } from "./fields.ts";
import { GPG_LENGTH, MIN_PACKET_LENGTH } from "./limits.ts";
import { computeMac, type PacketHmac } from "./mac.ts";
import type { SpaMessage } from "./message.ts";
import { guessCipher, PREFIXES } from "./prefix.ts";

/** How to seal a message. Everything random comes from the caller, so that the result is exact. */
export interface SealOptions {
  /** 1 to 32 bytes. */
  readonly encryptionKey: Uint8Array;
  readonly mode: EncryptionMode;
  readonly digestName: DigestName;
  /** Absent: no mac. Its key has 1 to 128 bytes and differs from the encryption key. */
  readonly hmac?: PacketHmac | undefined;
  /** 8 random bytes. */
  readonly salt: Uint8Array;
  /** The receiving stanza allows commands, so that it takes packet texts of 400 characters and more. */
  readonly commandStanza?: boolean;
}

/** A packet ready to be sent. */
export interface SealedPacket {
  /** What travels. */
  readonly packetText: string;
  /** What the mac covers: with the constant prefix, without mac. */
  readonly fullText: string;
  readonly encodedData: string;
  readonly digest: string;
  readonly mac?: string;
}

/** A message that is ready to be encrypted. */
export interface PreparedSeal {
  readonly mode: SymmetricMode;
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** 16 bytes. */
  readonly iv: Uint8Array;
  /** To be padded (PKCS#7) and encrypted. */
  readonly plaintext: Uint8Array;
  readonly encodedData: string;
  readonly digest: string;
}

/** What every blob begins with. */
export const BLOB_START = textBytes("Salted__");

/** Checks the keys and the message and derives what AES needs. */
export function prepareSeal(message: SpaMessage, options: SealOptions): SpaResult<PreparedSeal> {
  const { encryptionKey, mode, digestName, hmac, salt } = options;
  const refusal = checkKey(encryptionKey) ?? checkHmacKey(hmac, MAX_HMAC_KEY_LENGTH);
  if (refusal !== undefined) return refusal;
  if (hmac !== undefined && equalBytes(encryptionKey, hmac.key)) return failure("IDENTICAL_KEYS");
  if (mode === "asymmetric") return failure("INVALID_DATA_ENCRYPT_MODE_VALIDFAIL", mode);

  const encoded = encodePlaintext(message, digestName);
  if (!encoded.ok) {
    // A message that only GnuPG has room for is over the symmetric cipher's limit first.
    return encoded.error === "INVALID_DATA_DECODE_MESSAGE_TOOBIG"
      ? failure("INVALID_DATA_ENCRYPT_TYPE_UNKNOWN", encoded.detail)
      : encoded;
  }
  return success({ mode, ...deriveKey(encryptionKey, salt, mode), ...encoded.value });
}

/** Puts the packet together and checks that a receiver would look at it. */
export function finishSeal(
  { encodedData, digest }: PreparedSeal,
  ciphertext: Uint8Array,
  { hmac, salt, commandStanza = false }: SealOptions,
): SpaResult<SealedPacket> {
  const fullText = encodeBase64(concatBytes(BLOB_START, salt, ciphertext));
  const mac = hmac === undefined ? undefined : computeMac(fullText, hmac);
  const packetText = fullText.slice(PREFIXES.rijndael.length) + (mac ?? "");

  const tooLong = checkCipherGuess(fullText, mac !== undefined) ??
    (commandStanza ? undefined : checkPacketGuess(packetText));
  if (tooLong !== undefined) {
    return failure("INVALID_DATA_ENCRYPT_TYPE_UNKNOWN", `${packetText.length} characters`);
  }
  if (packetText.length < MIN_PACKET_LENGTH) {
    return failure("SPA_MSG_BAD_DATA", `${packetText.length} characters`);
  }
  const sealed = { packetText, fullText, encodedData, digest };
  return success(mac === undefined ? sealed : { ...sealed, mac });
}

export function checkKey(encryptionKey: Uint8Array): SpaFailure | undefined {
  const { length } = encryptionKey;
  return length >= 1 && length <= MAX_KEY_LENGTH
    ? undefined
    : failure("INVALID_KEY_LEN", `${length} bytes`);
}

export function checkHmacKey(hmac: PacketHmac | undefined, limit: number): SpaFailure | undefined {
  if (hmac === undefined) return undefined;
  const { length } = hmac.key;
  return length >= 1 && length <= limit
    ? undefined
    : failure("INVALID_HMAC_KEY_LEN", `${length} bytes`);
}

/** The server's guess, over the packet text with mac (`docs/spec/wire.md` 7a). */
export function checkPacketGuess(packetText: string): SpaFailure | undefined {
  return guessCipher(packetText.length) === "rijndael"
    ? undefined
    : failure("NO_ENCRYPTION_TYPE_MATCH", `${packetText.length} characters`);
}

/** The library's guess, over the text without mac: with its prefix only if there was a mac (`docs/spec/wire.md` 7b). */
export function checkCipherGuess(
  fullText: string,
  isAuthenticated: boolean,
): SpaFailure | undefined {
  const length = fullText.length - (isAuthenticated ? 0 : PREFIXES.rijndael.length);
  return guessCipher(length) === "rijndael"
    ? undefined
    : failure("INVALID_DATA_ENCRYPT_TYPE_UNKNOWN", `${length} characters, limit ${GPG_LENGTH - 1}`);
}
