/**
 * AES-256 in the modes of the format. Every client except old ones pads the text (`docs/spec/wire.md` 5.3).
 *
 * @module
 */
import { cbc, cfb, ctr, ecb, unsafe } from "ciphers/aes";
import type { SymmetricMode } from "./encryption_mode.ts";

/** Bytes of an AES block. */
export const BLOCK_LENGTH = 16;

/**
 * Encrypts with PKCS#7 padding; a block-aligned plaintext gets a full block of padding.
 *
 * @param key 32 bytes.
 * @param iv 16 bytes; ECB does not use it.
 */
export function encryptAes(
  mode: SymmetricMode,
  key: Uint8Array,
  iv: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  const padded = addPadding(plaintext);
  return mode === "ofb" ? applyOfb(key, iv, padded) : blockCipher(mode, key, iv).encrypt(padded);
}

/**
 * Decrypts and removes the padding. `undefined` when the length is not a positive multiple of 16 or the padding is not
 * PKCS#7. Clients up to 2.0.4 use mode legacy and add no padding to a text of whole blocks: in that mode a text without
 * padding is returned unchanged. (The reference does so in every mode.) The last byte of a message never looks like
 * padding.
 */
export function decryptAes(
  mode: SymmetricMode,
  key: Uint8Array,
  iv: Uint8Array,
  ciphertext: Uint8Array,
): Uint8Array | undefined {
  if (ciphertext.length === 0 || ciphertext.length % BLOCK_LENGTH !== 0) return undefined;
  const padded = mode === "ofb"
    ? applyOfb(key, iv, ciphertext)
    : blockCipher(mode, key, iv).decrypt(ciphertext);
  return removePadding(padded) ?? (mode === "legacy" ? padded : undefined);
}

function blockCipher(mode: Exclude<SymmetricMode, "ofb">, key: Uint8Array, iv: Uint8Array) {
  const unpadded = { disablePadding: true };
  switch (mode) {
    case "ecb":
      return ecb(key, unpadded);
    case "cbc":
    case "legacy":
      return cbc(key, iv, unpadded);
    case "cfb":
      return cfb(key, iv);
    case "ctr":
      return ctr(key, iv);
  }
}

/** Full-block output feedback: the keystream is the IV, encrypted repeatedly. */
function applyOfb(key: Uint8Array, iv: Uint8Array, text: Uint8Array): Uint8Array {
  const schedule = unsafe.expandKeyLE(key);
  const keystream = iv.slice();
  const result = new Uint8Array(text.length);
  for (const [index, byte] of text.entries()) {
    const offset = index % BLOCK_LENGTH;
    if (offset === 0) unsafe.encryptBlock(schedule, keystream);
    result[index] = byte ^ (keystream[offset] ?? 0);
  }
  schedule.fill(0);
  return result;
}

function addPadding(plaintext: Uint8Array): Uint8Array {
  const count = BLOCK_LENGTH - plaintext.length % BLOCK_LENGTH;
  const padded = new Uint8Array(plaintext.length + count).fill(count, plaintext.length);
  padded.set(plaintext);
  return padded;
}

function removePadding(padded: Uint8Array): Uint8Array | undefined {
  const count = padded.at(-1) ?? 0;
  if (count < 1 || count > BLOCK_LENGTH) return undefined;
  const length = padded.length - count;
  for (let index = length; index < padded.length; index++) {
    if (padded[index] !== count) return undefined;
  }
  return padded.subarray(0, length);
}
