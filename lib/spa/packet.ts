/**
 * Whole packets in the symmetric cipher (`docs/spec/wire.md` 5 to 7 and 11).
 *
 * @module
 */
import { BLOCK_LENGTH, decryptAes, encryptAes } from "../crypto/aes.ts";
import { decodeBase64, encodeBase64 } from "../crypto/base64.ts";
import { concatBytes, textBytes } from "../crypto/bytes.ts";
import type { DigestName } from "../crypto/digest.ts";
import type { EncryptionMode } from "../crypto/encryption_mode.ts";
import { equalBytes } from "../crypto/equal.ts";
import { deriveKey, MAX_KEY_LENGTH, SALT_LENGTH } from "../crypto/key_derivation.ts";
import { MAX_HMAC_KEY_LENGTH } from "../crypto/key_generation.ts";
import { failure, type SpaFailure, type SpaResult, success } from "./error.ts";
import { type DecodedFields, decodeFields, encodePlaintext } from "./fields.ts";
import { isRandomValue } from "./field.ts";
import {
  GPG_LENGTH,
  MAX_RECEIVED_HMAC_KEY_LENGTH,
  MAX_TEXT_LENGTH,
  MIN_PACKET_LENGTH,
  MIN_TEXT_LENGTH,
  RANDOM_VALUE_LENGTH,
} from "./limits.ts";
import { computeMac, type PacketHmac, splitMac, verifyMac } from "./mac.ts";
import type { SpaMessage } from "./message.ts";
import { guessCipher, PREFIXES, restorePrefix } from "./prefix.ts";

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

/** How to open a full text whose mac, if there is one, has been verified. */
export interface DecryptOptions {
  readonly encryptionKey: Uint8Array;
  readonly mode: EncryptionMode;
}

/** How to open a packet. */
export interface OpenOptions extends DecryptOptions {
  readonly hmac?: PacketHmac | undefined;
  /** The stanza allows commands: packet texts of 400 characters and more are not taken for GnuPG's. */
  readonly allowLong?: boolean;
}

/** A packet that was taken apart, its checks passed. */
export interface OpenedPacket extends DecodedFields {
  readonly fullText: string;
  /** Base64 as received; absent without HMAC. */
  readonly mac?: string;
}

/** What every blob begins with. */
const BLOB_START = textBytes("Salted__");

/** Seals a message into a packet, or says why no receiver would take it. */
export function sealPacket(message: SpaMessage, options: SealOptions): SpaResult<SealedPacket> {
  const { encryptionKey, mode, digestName, hmac, salt, commandStanza = false } = options;
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
  const { plaintext, encodedData, digest } = encoded.value;
  const { key, iv } = deriveKey(encryptionKey, salt, mode);
  const ciphertext = encryptAes(mode, key, iv, plaintext);
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

/**
 * Opens a packet text with one stanza's keys: length, cipher guess, HMAC and only then all that depends on
 * decryption (`docs/spec/wire.md` 11, steps 5 to 10). Takes any text and never throws.
 */
export function openPacket(packetText: string, options: OpenOptions): SpaResult<OpenedPacket> {
  const { hmac, allowLong = false } = options;
  if (packetText.length < MIN_TEXT_LENGTH || packetText.length > MAX_TEXT_LENGTH) {
    return failure("INVALID_DATA_FUNCS_NEW_MSGLEN_VALIDFAIL", `${packetText.length} characters`);
  }
  if (packetText.startsWith(PREFIXES.rijndael)) {
    return failure("SPA_MSG_BAD_DATA", "the constant prefix was left on");
  }
  const refusal = (allowLong ? undefined : checkPacketGuess(packetText)) ??
    checkHmacKey(hmac, MAX_RECEIVED_HMAC_KEY_LENGTH);
  if (refusal !== undefined) return refusal;
  if (hmac === undefined) {
    const fullText = restorePrefix(packetText, "rijndael");
    return checkCipherGuess(fullText, false) ?? openFullText(fullText, options);
  }
  const split = splitMac(packetText, hmac.type);
  if (!split.ok) return split;
  const { text, mac } = split.value;
  const fullText = restorePrefix(text, "rijndael");
  if (!verifyMac(fullText, mac, hmac)) return failure("INVALID_DATA_HMAC_COMPAREFAIL");
  const opened = checkCipherGuess(fullText, true) ?? openFullText(fullText, options);
  return opened.ok ? success({ ...opened.value, mac: encodeBase64(mac) }) : opened;
}

/**
 * Opens a full text, the part of {@link openPacket} that comes after the HMAC. The cipher is not guessed: a server that
 * knows what the stanza has keys for has no need to (`docs/spec/server.md` 16, row 27).
 */
export function openFullText(
  fullText: string,
  { encryptionKey, mode }: DecryptOptions,
): SpaResult<OpenedPacket> {
  const plaintext = decryptFullText(fullText, encryptionKey, mode);
  if (!plaintext.ok) return plaintext;
  if (!startsWithRandomValue(plaintext.value)) return failure("DECRYPTION_FAILURE");
  const decoded = decodeFields(plaintext.value);
  return decoded.ok ? success({ ...decoded.value, fullText }) : decoded;
}

/**
 * The plaintext of a full text. The blob must be canonical in every respect (base64, `Salted__`, padding), so that
 * without an HMAC too one message has one text.
 */
export function decryptFullText(
  fullText: string,
  encryptionKey: Uint8Array,
  mode: EncryptionMode,
): SpaResult<Uint8Array> {
  const refusal = checkKey(encryptionKey);
  if (refusal !== undefined) return refusal;
  if (mode === "asymmetric") return failure("INVALID_DATA_ENCRYPT_MODE_VALIDFAIL", mode);

  const blobLength = fullText.length * 6 >> 3;
  if (blobLength % BLOCK_LENGTH !== 0 || blobLength < 2 * BLOCK_LENGTH) {
    return failure("INVALID_DATA_ENCRYPT_CIPHERLEN_VALIDFAIL", `${blobLength} bytes`);
  }
  const blob = decodeBase64(fullText);
  if (blob === undefined) return failure("INVALID_DATA_ENCRYPT_CIPHERLEN_DECODEFAIL");
  const salt = blob.subarray(BLOB_START.length, BLOB_START.length + SALT_LENGTH);
  if (!equalBytes(blob.subarray(0, BLOB_START.length), BLOB_START)) {
    return failure("DECRYPTION_FAILURE", "does not begin with Salted__");
  }
  const { key, iv } = deriveKey(encryptionKey, salt, mode);
  const plaintext = decryptAes(mode, key, iv, blob.subarray(BLOB_START.length + SALT_LENGTH));
  return plaintext === undefined
    ? failure("DECRYPTION_FAILURE", "wrong padding")
    : success(plaintext);
}

/** Sixteen digits and a colon: the sign that decryption made sense. */
function startsWithRandomValue(plaintext: Uint8Array): boolean {
  const start = String.fromCharCode(...plaintext.subarray(0, RANDOM_VALUE_LENGTH + 1));
  return start.endsWith(":") && isRandomValue(start.slice(0, -1));
}

function checkKey(encryptionKey: Uint8Array): SpaFailure | undefined {
  const { length } = encryptionKey;
  return length >= 1 && length <= MAX_KEY_LENGTH
    ? undefined
    : failure("INVALID_KEY_LEN", `${length} bytes`);
}

function checkHmacKey(hmac: PacketHmac | undefined, limit: number): SpaFailure | undefined {
  if (hmac === undefined) return undefined;
  const { length } = hmac.key;
  return length >= 1 && length <= limit
    ? undefined
    : failure("INVALID_HMAC_KEY_LEN", `${length} bytes`);
}

/** The server's guess, over the packet text with mac (`docs/spec/wire.md` 7a). */
function checkPacketGuess(packetText: string): SpaFailure | undefined {
  return guessCipher(packetText.length) === "rijndael"
    ? undefined
    : failure("NO_ENCRYPTION_TYPE_MATCH", `${packetText.length} characters`);
}

/** The library's guess, over the text without mac: with its prefix only if there was a mac (`docs/spec/wire.md` 7b). */
function checkCipherGuess(fullText: string, isAuthenticated: boolean): SpaFailure | undefined {
  const length = fullText.length - (isAuthenticated ? 0 : PREFIXES.rijndael.length);
  return guessCipher(length) === "rijndael"
    ? undefined
    : failure("INVALID_DATA_ENCRYPT_TYPE_UNKNOWN", `${length} characters, limit ${GPG_LENGTH - 1}`);
}
