/**
 * The constant beginning of a full text, which is not sent (`docs/spec/wire.md` 5.4, 7 and 9).
 *
 * @module
 */
import { GPG_LENGTH } from "./limits.ts";

/** The program that encrypted. */
export type Cipher = "rijndael" | "gpg";

/**
 * The sender cuts these off and the receiver puts them back: base64 of `Salted__`, and of the first bytes of an OpenPGP
 * packet.
 */
export const PREFIXES: Readonly<Record<Cipher, string>> = { rijndael: "U2FsdGVkX1", gpg: "hQ" };

/** The cipher as the C tools guess it: only by the length of a text. */
export function guessCipher(length: number): Cipher {
  return length < GPG_LENGTH ? "rijndael" : "gpg";
}

/** The packet text (without mac) of a full text, or `undefined` when it does not begin with the prefix. */
export function removePrefix(fullText: string, cipher: Cipher): string | undefined {
  const prefix = PREFIXES[cipher];
  return fullText.startsWith(prefix) ? fullText.slice(prefix.length) : undefined;
}

/**
 * The full text of a packet text without mac. Unlike the reference, a text that already has a prefix gets a second one.
 * If it were left unchanged, one message would have two texts.
 */
export function restorePrefix(packetText: string, cipher: Cipher): string {
  return PREFIXES[cipher] + packetText;
}
