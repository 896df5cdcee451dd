/**
 * The known-answer vectors of `test/vectors`, typed (`test/vectors/README.md`).
 *
 * @module
 */
import { textBytes } from "../../lib/crypto/bytes.ts";
import type { DigestName } from "../../lib/crypto/digest.ts";
import type { SymmetricMode } from "../../lib/crypto/encryption_mode.ts";
import type { OpenOptions } from "../../lib/spa/packet.ts";

/** A configured key. */
export interface VectorKey {
  readonly text?: string;
  readonly base64?: string;
  readonly bytes_hex: string;
}

/** Keys and modes of a client or a server. */
export interface VectorSettings {
  readonly encryption_key: VectorKey;
  readonly encryption_mode: SymmetricMode;
  readonly hmac: { readonly type: DigestName; readonly key: VectorKey } | null;
}

/** The C daemon's output for a packet. */
export interface VectorFields {
  readonly random_value: string;
  readonly username: string;
  readonly timestamp: number;
  readonly version: string;
  readonly message_type: number;
  readonly message: string;
  readonly nat_access: string | null;
  readonly server_auth: string | null;
  readonly client_timeout: number;
  readonly digest_type: number;
  readonly hmac_type: number;
  readonly encryption_mode: number;
  readonly encoded_data: string;
  readonly digest: string;
  readonly hmac: string | null;
}

interface AnyVector {
  readonly id: string;
  readonly note: string;
  readonly packet: string;
}

/** A packet that the C client made and the C daemon accepted. */
export interface PositiveVector extends AnyVector {
  readonly server_access_conf: readonly (readonly [string, string])[];
  readonly input: VectorSettings & {
    readonly digest_type: DigestName;
    readonly destination: string;
  };
  readonly salt_hex: string;
  readonly aes_key_hex: string;
  readonly aes_iv_hex: string;
  readonly requires_command_stanza?: boolean;
  readonly http_request?: string;
  readonly decoded: VectorFields;
}

/** The receiver of a vector. */
export type VectorServer = VectorSettings & {
  readonly access_conf: readonly (readonly [string, string])[];
  readonly fwknopd_conf: Readonly<Record<string, string>>;
};

/** A packet that the C daemon refused. */
export interface NegativeVector extends AnyVector {
  readonly server: VectorServer;
  readonly error: {
    readonly name: string;
    readonly layer: "packet" | "libfko" | "policy";
    readonly code: number | null;
    readonly log: string;
  };
}

/** A packet that the C daemon accepted although it should not, or need not, accept it. */
export interface QuirkVector extends AnyVector {
  readonly server: VectorServer;
  readonly decoded: VectorFields;
  readonly recommendation: "refuse" | "accept";
  readonly reason: string;
}

/** `spa-vectors.json`. */
export interface Vectors {
  readonly positive: readonly PositiveVector[];
  readonly negative: readonly NegativeVector[];
  readonly reference_quirks: readonly QuirkVector[];
}

/** Reads `spa-vectors.json`. */
export function readVectors(): Vectors {
  const url = new URL("../vectors/spa-vectors.json", import.meta.url);
  return JSON.parse(Deno.readTextFileSync(url));
}

/** The bytes of hexadecimal text. */
export function hexBytes(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** Keys and modes in the form of `sealPacket` and `openPacket`. */
export function toPacketOptions(
  { encryption_key, encryption_mode, hmac }: VectorSettings,
): OpenOptions {
  return {
    encryptionKey: hexBytes(encryption_key.bytes_hex),
    mode: encryption_mode,
    hmac: hmac === null ? undefined : { type: hmac.type, key: hexBytes(hmac.key.bytes_hex) },
  };
}

/** The datagram of a vector. */
export function vectorPayload(vector: AnyVector): Uint8Array {
  return textBytes(vector.packet);
}
