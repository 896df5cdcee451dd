/**
 * The constant beginning of a full text, which does not travel (`docs/spec/wire.md` 5.4, 7 and 9).
 *
 * @module
 */
import { GPG_LENGTH } from "./limits.ts";

/** Who made the ciphertext. */
export type Cipher = "rijndael" | "gpg";

/** What the sender cuts off and the receiver puts back: base64 of `Salted__`, and of an OpenPGP packet's first bytes. */
export const PREFIXES: Readonly<Record<Cipher, string>> = { rijndael: "U2FsdGVkX1", gpg: "hQ" };

/** The cipher as the C tools guess it, by nothing but the length of a text. */
export function guessCipher(length: number): Cipher {
  return length < GPG_LENGTH ? "rijndael" : "gpg";
}

/** The packet text (without mac) of a full text, or `undefined` when it does not begin with the prefix. */
export function removePrefix(fullText: string, cipher: Cipher): string | undefined {
  const prefix = PREFIXES[cipher];
  return fullText.startsWith(prefix) ? fullText.slice(prefix.length) : undefined;
}

/**
 * The full text of a packet text without mac. Unlike the reference, a prefix that is there already gets a second one
 * in front: left alone it would give one message two texts.
 */
export function restorePrefix(packetText: string, cipher: Cipher): string {
  return PREFIXES[cipher] + packetText;
}
