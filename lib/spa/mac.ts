/**
 * The mac after a packet text (`docs/spec/wire.md` 6).
 *
 * @module
 */
import { decodeBase64, encodeBase64 } from "../crypto/base64.ts";
import { textBytes } from "../crypto/bytes.ts";
import { type DigestName, DIGESTS } from "../crypto/digest.ts";
import { equalBytes } from "../crypto/equal.ts";
import { hmac } from "../crypto/hmac.ts";
import { failure, success } from "../errors/result.ts";
import type { SpaResult } from "./error.ts";
import { MIN_TEXT_LENGTH } from "./limits.ts";

/** How packets are authenticated. */
export interface PacketHmac {
  readonly key: Uint8Array;
  readonly type: DigestName;
}

/** A packet text without its mac, and the mac. */
export interface SplitPacket {
  /** Packet text without the mac. Its prefix is still missing. */
  readonly text: string;
  /** The mac in raw bytes. */
  readonly mac: Uint8Array;
}

/** The mac of a full text, in base64. */
export function computeMac(fullText: string, { key, type }: PacketHmac): string {
  return encodeBase64(hmac(type, key, textBytes(fullText)));
}

/**
 * Splits the mac off a packet text. A mac that is not canonical base64 cannot match and is
 * `INVALID_DATA_HMAC_COMPAREFAIL` at once, so comparing bytes equals comparing texts.
 */
export function splitMac(packetText: string, type: DigestName): SpaResult<SplitPacket> {
  const length = packetText.length - DIGESTS[type].base64Length;
  if (length < MIN_TEXT_LENGTH) return failure("INVALID_DATA_HMAC_ENCMSGLEN_VALIDFAIL");
  const mac = decodeBase64(packetText.slice(length));
  return mac === undefined
    ? failure("INVALID_DATA_HMAC_COMPAREFAIL")
    : success({ text: packetText.slice(0, length), mac });
}

/** Whether the mac is that of the full text. The time does not depend on where they differ. */
export function verifyMac(fullText: string, mac: Uint8Array, { key, type }: PacketHmac): boolean {
  return equalBytes(hmac(type, key, textBytes(fullText)), mac);
}
