/**
 * Packets for tests, sealed with the keys of `aStanza`.
 *
 * @module
 */
import { textBytes } from "../../lib/crypto/bytes.ts";
import { randomBytes, randomDigits } from "../../lib/crypto/random.ts";
import type { SpaMessage } from "../../lib/spa/message.ts";
import { type SealedPacket, type SealOptions, sealPacket } from "../../lib/spa/packet.ts";
import type { Datagram } from "../../lib/capture/datagram.ts";
import { anAddress } from "./address.ts";

/** Keys and modes that differ from those of `aStanza`. */
export type SealChanges = Partial<SealOptions> & { readonly time?: number };

/** A sealed packet with the given message; all else is what `aStanza` accepts. */
export function seal(message: Partial<SpaMessage> = {}, changes: SealChanges = {}): SealedPacket {
  const { time = Math.floor(Date.now() / 1000), ...options } = changes;
  const sealed = sealPacket({
    randomValue: randomDigits(16),
    username: "alice",
    timestamp: time,
    version: "3.0.0",
    type: 1,
    message: "192.0.2.44,tcp/22",
    ...message,
  }, {
    encryptionKey: textBytes("testtest"),
    mode: "cbc",
    digestName: "sha256",
    hmac: { key: textBytes("hmackey1"), type: "sha256" },
    salt: randomBytes(8),
    ...options,
  });
  if (!sealed.ok) throw new Error(`Cannot seal: ${sealed.error} ${sealed.detail ?? ""}`);
  return sealed.value;
}

/** A UDP datagram with this payload. */
export function datagram(payload: string, source = "192.0.2.9"): Datagram {
  return {
    protocol: 17,
    source: anAddress(source),
    sourcePort: 53992,
    destination: anAddress("198.51.100.7"),
    destinationPort: 62201,
    payload: textBytes(payload),
  };
}
