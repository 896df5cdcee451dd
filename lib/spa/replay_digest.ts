/**
 * The digests by which packets are remembered.
 *
 * The C daemon keys its cache by the packet text and shares its file with us, so {@link packetReplayDigest} is the key
 * in the file. A text is a safe key only if a message has exactly one text. For the symmetric cipher that holds for every
 * packet that was opened: base64 is canonical, the blob begins with `Salted__`, padding is required, and a packet with
 * its prefix left on is refused (`docs/spec/wire.md` 14). A variant of a captured text therefore never opens, so it does
 * not matter whether the variant was seen before.
 *
 * Three ways to a second text remain. {@link messageReplayDigest} closes them, because it is computed over the decrypted
 * text:
 *
 * - in mode legacy a block that holds only padding can be cut off;
 * - two stanzas share an encryption key, one with an HMAC and one without: the mac can be cut off;
 * - OpenPGP frames the same content in many ways, so without an HMAC a signed message can be repacked.
 *
 * A message contains a random value of 16 digits, so no honest client sends the same fields twice. The server grants
 * only if *both* digests are new, and remembers both.
 *
 * @module
 */
import { encodeBase64 } from "../crypto/base64.ts";
import { textBytes } from "../crypto/bytes.ts";
import { digest } from "../crypto/digest.ts";

/**
 * SHA-256 of the packet text as received (with the mac, without the prefix, HTTP unwrapped): 43 base64 characters, as in
 * the C daemon (`docs/spec/wire.md` 8).
 */
export function packetReplayDigest(packetText: string): string {
  return textDigest(packetText);
}

/**
 * SHA-256 of the fields of the decoded message (`encodedData`): 43 base64 characters. It cannot equal the digest of a
 * packet: fields contain colons, and a packet text never does.
 */
export function messageReplayDigest(encodedData: string): string {
  return textDigest(encodedData);
}

function textDigest(text: string): string {
  return encodeBase64(digest("sha256", textBytes(text)));
}
