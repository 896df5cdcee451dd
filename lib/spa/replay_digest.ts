/**
 * What a packet is remembered by.
 *
 * The C daemon keys its cache on the packet text, and shares its file with us, so {@link packetReplayDigest} is what the
 * file holds. A text is a safe key only if a message has a single one. For the symmetric cipher that is so once the
 * packet has been opened: base64 is canonical, the blob begins with `Salted__`, padding is required, a prefix left on is
 * refused (`docs/spec/wire.md` 14). A variant of a captured text therefore never opens, and whether it was seen is no
 * longer a question.
 *
 * Three ways to a second text remain, and {@link messageReplayDigest} closes them, because it is computed over what was
 * decrypted:
 *
 * - in mode legacy a block that holds padding alone can be cut off;
 * - two stanzas share an encryption key, one with an HMAC and one without: the mac can be cut off;
 * - OpenPGP frames the same content in many ways, so that without an HMAC a signed message can be repacked.
 *
 * A message holds a random value of 16 digits, so nobody sends the same fields twice in earnest. The server grants
 * only if *both* digests are new, and remembers both.
 *
 * @module
 */
import { encodeBase64 } from "../crypto/base64.ts";
import { textBytes } from "../crypto/bytes.ts";
import { digest } from "../crypto/digest.ts";

/**
 * SHA-256 of the packet text as received (mac included, prefix not, HTTP unwrapped): 43 base64 characters, the same as
 * the C daemon's (`docs/spec/wire.md` 8).
 */
export function packetReplayDigest(packetText: string): string {
  return textDigest(packetText);
}

/**
 * SHA-256 of the fields of the decoded message (`encodedData`): 43 base64 characters. It cannot be mistaken for a
 * packet's, since fields contain colons and a packet text never does.
 */
export function messageReplayDigest(encodedData: string): string {
  return textDigest(encodedData);
}

function textDigest(text: string): string {
  return encodeBase64(digest("sha256", textBytes(text)));
}
