/**
 * Cryptography of the engine (WebCrypto), for a program that computes each thing once. One digest takes the engine a
 * tenth of a millisecond; loading and warming up another implementation takes several milliseconds. Algorithms that the
 * engine lacks are loaded.
 *
 * @module
 */
import type { DigestName } from "./digest_name.ts";
import type { SymmetricMode } from "./encryption_mode.ts";

/** WebCrypto's names of the digests that it has. */
const ENGINE_DIGESTS: Readonly<Partial<Record<DigestName, string>>> = {
  sha1: "SHA-1",
  sha256: "SHA-256",
  sha384: "SHA-384",
  sha512: "SHA-512",
};

/** Same as `digest` in `digest.ts`. */
export async function engineDigest(name: DigestName, bytes: Uint8Array): Promise<Uint8Array> {
  const engineName = ENGINE_DIGESTS[name];
  if (engineName !== undefined) {
    return new Uint8Array(await crypto.subtle.digest(engineName, bytes.slice()));
  }
  const { digest } = await import("./digest.ts");
  return digest(name, bytes);
}

/** Same as `hmac` in `hmac.ts`; the key has at least one byte. */
export async function engineHmac(
  name: DigestName,
  key: Uint8Array,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  const hash = ENGINE_DIGESTS[name];
  if (hash === undefined) {
    const { hmac } = await import("./hmac.ts");
    return hmac(name, key, bytes);
  }
  // Keys and texts are copied, here and below: WebCrypto refuses views of shared memory.
  const algorithm = { name: "HMAC", hash };
  const imported = await crypto.subtle.importKey("raw", key.slice(), algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, bytes.slice()));
}

/** Same as `encryptAes` in `aes.ts`. */
export async function engineEncrypt(
  mode: SymmetricMode,
  key: Uint8Array,
  iv: Uint8Array,
  plaintext: Uint8Array,
): Promise<Uint8Array> {
  if (mode !== "cbc" && mode !== "legacy") {
    const { encryptAes } = await import("./aes.ts");
    return encryptAes(mode, key, iv, plaintext);
  }
  const algorithm = { name: "AES-CBC", iv: iv.slice() };
  const imported = await crypto.subtle.importKey("raw", key.slice(), algorithm.name, false, [
    "encrypt",
  ]);
  return new Uint8Array(await crypto.subtle.encrypt(algorithm, imported, plaintext.slice()));
}
