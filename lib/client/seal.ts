/**
 * Seals one packet with the engine's built-in cryptography: a knock seals once, and loads less code this way.
 *
 * @module
 */
import { textBytes } from "../crypto/bytes.ts";
import { engineDigest, engineEncrypt, engineHmac } from "../crypto/engine.ts";
import { deriveKey } from "../crypto/key_derivation.ts";
import { appendDigest } from "../spa/encode_fields.ts";
import type { SpaResult } from "../spa/error.ts";
import type { SpaMessage } from "../spa/message.ts";
import {
  checkSeal,
  finishSeal,
  formatFullText,
  type SealedPacket,
  type SealOptions,
} from "../spa/seal.ts";

/** Seals exactly like `sealPacket`. */
export async function sealForSending(
  message: SpaMessage,
  options: SealOptions,
): Promise<SpaResult<SealedPacket>> {
  const { encryptionKey, digestName, hmac, salt, commandStanza } = options;
  const checked = checkSeal(message, options);
  if (!checked.ok) return checked;
  const { mode, encodedData } = checked.value;
  const digest = await engineDigest(digestName, textBytes(encodedData));
  const encoded = appendDigest(encodedData, digest);
  const { key, iv } = deriveKey(encryptionKey, salt, mode);
  const fullText = formatFullText(salt, await engineEncrypt(mode, key, iv, encoded.plaintext));
  const mac = hmac === undefined
    ? undefined
    : await engineHmac(hmac.type, hmac.key, textBytes(fullText));
  return finishSeal(encoded, fullText, mac, commandStanza);
}
