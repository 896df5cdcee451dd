/**
 * Sealing with what the engine has built in: its AES costs half a millisecond, loading another implementation ten
 * times as much, and a knock encrypts once.
 *
 * @module
 */
import { type SpaResult } from "../spa/error.ts";
import type { SpaMessage } from "../spa/message.ts";
import { finishSeal, prepareSeal, type SealedPacket, type SealOptions } from "../spa/seal.ts";

/** Seals like `sealPacket`; modes that WebCrypto has not go to that. */
export async function sealForSending(
  message: SpaMessage,
  options: SealOptions,
): Promise<SpaResult<SealedPacket>> {
  if (options.mode !== "cbc" && options.mode !== "legacy") {
    const { sealPacket } = await import("../spa/packet.ts");
    return sealPacket(message, options);
  }
  const prepared = prepareSeal(message, options);
  if (!prepared.ok) return prepared;
  const { key, iv, plaintext } = prepared.value;
  return finishSeal(prepared.value, await encryptCbc(key, iv, plaintext), options);
}

/** AES-CBC with PKCS#7 padding. */
async function encryptCbc(
  key: Uint8Array,
  iv: Uint8Array,
  plaintext: Uint8Array,
): Promise<Uint8Array> {
  // Copies, because WebCrypto takes no views of shared memory.
  const imported = await crypto.subtle.importKey("raw", key.slice(), "AES-CBC", false, [
    "encrypt",
  ]);
  const parameters = { name: "AES-CBC", iv: iv.slice() };
  return new Uint8Array(await crypto.subtle.encrypt(parameters, imported, plaintext.slice()));
}
