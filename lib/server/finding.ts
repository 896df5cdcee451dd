/**
 * What `explain` finds out beyond a refusal: what would have been right.
 *
 * @module
 */
import type { DigestName } from "../crypto/digest.ts";
import type { SymmetricMode } from "../crypto/encryption_mode.ts";
import type { ReplayEntry } from "./replay_entry.ts";

/** Which of a stanza's keys. */
export type KeyRole = "encryption" | "hmac";

/** How the sender read the key: as the stanza does, its text where the stanza decodes it, or decoded where not. */
export type KeyReading = "same" | "text" | "base64";

/** A key that made the packet, though not as the stanza expects it. */
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

/** One thing found out. */
export type Finding =
  | HmacFinding
  | CipherFinding
  /** The sender used no HMAC, and the stanza wants one; its encryption key is right. */
  | { readonly kind: "no-hmac"; readonly stanza: number }
  /** The sender used an HMAC, and the stanza has no key for it; the encryption key is right. */
  | { readonly kind: "unexpected-hmac"; readonly stanza: number; readonly type: DigestName }
  /** The stanza is not for packets between these addresses. */
  | {
    readonly kind: "other-addresses";
    readonly stanza: number;
    readonly list: "SOURCE" | "DESTINATION";
    readonly address: string;
  }
  /** What the screening found, in words. */
  | { readonly kind: "shape"; readonly detail: string }
  /** A packet in an HTTP request, with ENABLE_SPA_OVER_HTTP off. */
  | { readonly kind: "http-disabled" }
  /** The difference of the clocks is a number of whole or half hours. */
  | { readonly kind: "time-zone"; readonly hours: number }
  /** Ages are not checked, and this packet is older, or newer, than the limit would allow. */
  | { readonly kind: "age-unchecked"; readonly seconds: number }
  /** The server's own record of this packet, from when it was decrypted: before age and rights were looked at. */
  | { readonly kind: "recorded"; readonly entry: ReplayEntry }
  /** The server's capture leaves the packet out. */
  | { readonly kind: "not-captured"; readonly filter: string }
  /** What follows is what would have happened without the refusals for age and replay before. */
  | { readonly kind: "apart-from-that" };
