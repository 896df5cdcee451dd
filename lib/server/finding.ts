/**
 * What `explain` finds out about a packet beyond a refusal: what would have been right.
 *
 * @module
 */
import type { DigestName } from "../crypto/digest.ts";
import type { SymmetricMode } from "../crypto/encryption_mode.ts";
import type { ReplayEntry } from "./replay_entry.ts";

/** Which of a stanza's keys. */
export type KeyRole = "encryption" | "hmac";

/** How the client read the key: `same` as the stanza, `text` where the stanza decodes, `base64` where it does not. */
export type KeyReading = "same" | "text" | "base64";

/** A key that made the packet in another way than the stanza expects. */
export interface KeyFinding {
  readonly stanza: number;
  readonly role: KeyRole;
  readonly reading: KeyReading;
}

/** The HMAC would match with this key and digest. */
export interface HmacFinding extends KeyFinding {
  readonly kind: "hmac-match";
  readonly type: DigestName;
  /** HMAC_DIGEST_TYPE of the stanza. */
  readonly expected: DigestName;
}

/** Decryption would succeed with this key and mode. */
export interface CipherFinding extends KeyFinding {
  readonly kind: "cipher-match";
  readonly mode: SymmetricMode;
  /** ENCRYPTION_MODE of the stanza. */
  readonly expected: SymmetricMode;
}

/** One fact about a packet. */
export type PacketFinding =
  | HmacFinding
  | CipherFinding
  /** The client used no HMAC and the stanza requires one; the encryption key is right. */
  | { readonly kind: "no-hmac"; readonly stanza: number }
  /** The client used an HMAC and the stanza has no key for it; the encryption key is right. */
  | { readonly kind: "unexpected-hmac"; readonly stanza: number; readonly type: DigestName }
  /** The stanza is not for packets between these addresses. */
  | {
    readonly kind: "other-addresses";
    readonly stanza: number;
    readonly list: "SOURCE" | "DESTINATION";
    readonly address: string;
  }
  /** What the screening of the packet found, in words. */
  | { readonly kind: "shape"; readonly detail: string }
  /** The packet is in an HTTP request, and ENABLE_SPA_OVER_HTTP is off. */
  | { readonly kind: "http-disabled" }
  /** The clocks differ by a number of whole or half hours. */
  | { readonly kind: "time-zone"; readonly hours: number }
  /** Ages are not checked, and this packet is older or newer than the default limit allows. */
  | { readonly kind: "age-unchecked"; readonly seconds: number }
  /** The server's own record of this packet. The server writes it after decryption, before it checks age and rights. */
  | { readonly kind: "recorded"; readonly entry: ReplayEntry }
  /** The capture filter of the server excludes the packet. */
  | { readonly kind: "not-captured"; readonly filter: string }
  /** The next findings say what would have happened without the refusals for age and replay. */
  | { readonly kind: "apart-from-that" };
