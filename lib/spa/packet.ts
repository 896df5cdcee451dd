/**
 * Whole packets in the symmetric cipher (`docs/spec/wire.md` 5 to 7 and 11).
 *
 * @module
 */
import { BLOCK_LENGTH, decryptAes, encryptAes } from "../crypto/aes.ts";
import { decodeBase64, encodeBase64 } from "../crypto/base64.ts";
import { textBytes } from "../crypto/bytes.ts";
import { digest } from "../crypto/digest.ts";
import type { EncryptionMode } from "../crypto/encryption_mode.ts";
import { equalBytes } from "../crypto/equal.ts";
import { hmac } from "../crypto/hmac.ts";
import { deriveKey, SALT_LENGTH } from "../crypto/key_derivation.ts";
import { failure, success } from "../errors/result.ts";
import { appendDigest } from "./encode_fields.ts";
import type { SpaResult } from "./error.ts";
import { type DecodedFields, decodeFields } from "./fields.ts";
import {
  MAX_RECEIVED_HMAC_KEY_LENGTH,
  MAX_TEXT_LENGTH,
  MIN_TEXT_LENGTH,
  RANDOM_VALUE_LENGTH,
} from "./limits.ts";
import { type PacketHmac, splitMac, verifyMac } from "./mac.ts";
import type { SpaMessage } from "./message.ts";
import { PREFIXES, restorePrefix } from "./prefix.ts";
import {
  BLOB_START,
  checkCipherGuess,
  checkHmacKey,
  checkKey,
  checkPacketGuess,
  checkSeal,
  finishSeal,
  formatFullText,
  type SealedPacket,
  type SealOptions,
} from "./seal.ts";

export type { SealedPacket, SealOptions } from "./seal.ts";

/** How to open a full text. Its mac, if there is one, has been verified. */
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

/** An opened packet that passed its checks. */
export interface OpenedPacket extends DecodedFields {
  readonly fullText: string;
  /** Base64 as received; absent without an HMAC. */
  readonly mac?: string;
}

/** Seals a message into a packet, or returns why no receiver would accept it. */
export function sealPacket(message: SpaMessage, options: SealOptions): SpaResult<SealedPacket> {
  const { encryptionKey, digestName, hmac: mac, salt, commandStanza } = options;
  const checked = checkSeal(message, options);
  if (!checked.ok) return checked;
  const { mode, encodedData } = checked.value;
  const encoded = appendDigest(encodedData, digest(digestName, textBytes(encodedData)));
  const { key, iv } = deriveKey(encryptionKey, salt, mode);
  const fullText = formatFullText(salt, encryptAes(mode, key, iv, encoded.plaintext));
  const macBytes = mac === undefined ? undefined : hmac(mac.type, mac.key, textBytes(fullText));
  return finishSeal(encoded, fullText, macBytes, commandStanza);
}

/**
 * Opens a packet text with one stanza's keys: checks length, cipher guess and HMAC, and only then decrypts
 * (`docs/spec/wire.md` 11, steps 5 to 10). Accepts any text and never throws.
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
 * Opens a full text: the part of {@link openPacket} after the HMAC. The cipher is not guessed, because a server knows
 * which keys the stanza has (`docs/spec/server.md` 16, row 27).
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
 * The plaintext of a full text. The blob must be canonical in every respect (base64, `Salted__`, and padding except in
 * mode legacy), so that one message has one text even without an HMAC.
 */
function decryptFullText(
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

/** Whether the text begins with sixteen digits and a colon: the sign that decryption succeeded. */
function startsWithRandomValue(plaintext: Uint8Array): boolean {
  for (let index = 0; index < RANDOM_VALUE_LENGTH; index++) {
    const byte = plaintext[index] ?? 0;
    if (byte < DIGIT_0 || byte > DIGIT_9) return false;
  }
  return plaintext[RANDOM_VALUE_LENGTH] === COLON;
}

const [DIGIT_0 = 0, DIGIT_9 = 0, COLON = 0] = textBytes("09:");
