/**
 * Seals a packet with the cryptography that the caller supplies. The client supplies the engine's, which costs nothing
 * at start (`docs/spec/wire.md` 5 to 7).
 *
 * @module
 */
import { encodeBase64 } from "../crypto/base64.ts";
import { concatBytes, textBytes } from "../crypto/bytes.ts";
import type { DigestName } from "../crypto/digest.ts";
import type { EncryptionMode, SymmetricMode } from "../crypto/encryption_mode.ts";
import { equalBytes } from "../crypto/equal.ts";
import { MAX_KEY_LENGTH } from "../crypto/key_derivation.ts";
import { MAX_HMAC_KEY_LENGTH } from "../crypto/key_generation.ts";
import { failure, success } from "../errors/result.ts";
import { type EncodedPlaintext, encodeFields } from "./encode_fields.ts";
import type { SpaFailure, SpaResult } from "./error.ts";
import { GPG_LENGTH, MIN_PACKET_LENGTH } from "./limits.ts";
import type { PacketHmac } from "./mac.ts";
import type { SpaMessage } from "./message.ts";
import { guessCipher, PREFIXES } from "./prefix.ts";

/** How to seal a message. All random values come from the caller, so the result is determined. */
export interface SealOptions {
  /** 1 to 32 bytes. */
  readonly encryptionKey: Uint8Array;
  readonly mode: EncryptionMode;
  readonly digestName: DigestName;
  /** Absent: no mac. Its key has 1 to 128 bytes and differs from the encryption key. */
  readonly hmac?: PacketHmac | undefined;
  /** 8 random bytes. */
  readonly salt: Uint8Array;
  /** The receiving stanza allows commands, so it accepts packet texts of 400 characters and more. */
  readonly commandStanza?: boolean;
}

/** A packet that is ready to be sent. */
export interface SealedPacket {
  /** The text that is sent. */
  readonly packetText: string;
  /** The text that the mac covers: with the constant prefix, without the mac. */
  readonly fullText: string;
  readonly encodedData: string;
  readonly digest: string;
  readonly mac?: string;
}

/** The beginning of every blob. */
export const BLOB_START = textBytes("Salted__");

/** A message and keys that passed the checks. */
export interface CheckedSeal {
  readonly mode: SymmetricMode;
  /** The fields, without their digest. */
  readonly encodedData: string;
}

/** Checks the keys and the message. */
export function checkSeal(message: SpaMessage, options: SealOptions): SpaResult<CheckedSeal> {
  const { encryptionKey, mode, hmac } = options;
  const refusal = checkKey(encryptionKey) ?? checkHmacKey(hmac, MAX_HMAC_KEY_LENGTH);
  if (refusal !== undefined) return refusal;
  if (hmac !== undefined && equalBytes(encryptionKey, hmac.key)) return failure("IDENTICAL_KEYS");
  if (mode === "asymmetric") return failure("INVALID_DATA_ENCRYPT_MODE_VALIDFAIL", mode);

  const encoded = encodeFields(message);
  if (encoded.ok) return success({ mode, encodedData: encoded.value });
  // A message that fits only in GnuPG mode exceeds the symmetric cipher's limit first.
  return encoded.error === "INVALID_DATA_DECODE_MESSAGE_TOOBIG"
    ? failure("INVALID_DATA_ENCRYPT_TYPE_UNKNOWN", encoded.detail)
    : encoded;
}

/** The full text of a ciphertext: the text that the mac covers. */
export function formatFullText(salt: Uint8Array, ciphertext: Uint8Array): string {
  return encodeBase64(concatBytes(BLOB_START, salt, ciphertext));
}

/** Assembles the packet and checks that a receiver would accept it. */
export function finishSeal(
  { encodedData, digest }: EncodedPlaintext,
  fullText: string,
  macBytes: Uint8Array | undefined,
  commandStanza = false,
): SpaResult<SealedPacket> {
  const mac = macBytes === undefined ? undefined : encodeBase64(macBytes);
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

/** Checks the server's guess, over the packet text with its mac (`docs/spec/wire.md` 7a). */
export function checkPacketGuess(packetText: string): SpaFailure | undefined {
  return guessCipher(packetText.length) === "rijndael"
    ? undefined
    : failure("NO_ENCRYPTION_TYPE_MATCH", `${packetText.length} characters`);
}

/**
 * Checks the library's guess, over the text without its mac. The text has its prefix only if there was a mac
 * (`docs/spec/wire.md` 7b).
 */
export function checkCipherGuess(
  fullText: string,
  isAuthenticated: boolean,
): SpaFailure | undefined {
  const length = fullText.length - (isAuthenticated ? 0 : PREFIXES.rijndael.length);
  return guessCipher(length) === "rijndael"
    ? undefined
    : failure("INVALID_DATA_ENCRYPT_TYPE_UNKNOWN", `${length} characters, limit ${GPG_LENGTH - 1}`);
}
