/**
 * A refusal: why a packet got nothing. Logs, the trace, `explain`, counters and rate limits are all made from this
 * one value.
 *
 * @module
 */
import type { SpaErrorName } from "../spa/error.ts";

/** The steps a packet goes through, in order (`docs/architecture.md`). */
export const STEPS = [
  "screen",
  "source",
  "seen",
  "stanza",
  "authenticate",
  "remember",
  "authorize",
  "resolve",
  "act",
] as const;

/** One step of the path of a packet. */
export type Step = typeof STEPS[number];

/** Stable codes, documented in `docs/log-format.md`; scripts may rely on them. */
export type RefusalCode =
  | "not-spa"
  | "no-stanza-for-source"
  | "replay"
  | "duplicate"
  | "no-stanza-for-destination"
  | "stanza-expired"
  | "no-cipher-match"
  | "hmac-mismatch"
  | "undecodable"
  | "gpg-busy"
  | "too-many-packets"
  | "not-remembered"
  | "gpg-signer"
  | "too-old"
  | "too-new"
  | "forgotten-time"
  | "source-address-required"
  | "forwarded-for-unusable"
  | "wrong-username"
  | "link-local-address"
  | "nat-not-enabled"
  | "command-not-allowed"
  | "no-service-for-cycle"
  | "port-denied"
  | "nat-target-denied"
  | "nat-host-unknown"
  | "nat-host-busy"
  | "test-mode"
  | "too-many-rules"
  | "not-applied"
  | "command-not-run";

/** What arrived, as far as its headers say. */
export interface PacketFacts {
  /** Counts from 1 since the start. */
  readonly number: number;
  /** IP protocol number. */
  readonly protocol: number;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  /** Bytes of payload. */
  readonly length: number;
  /** The packet text, of packets that look like SPA. */
  readonly text?: string;
}

/** The facts that matter, by name: how many seconds too old, which port was denied. */
export type RefusalFacts = Readonly<Record<string, string | number>>;

/** Why a packet, or a stanza for a packet, was refused. */
export interface Refusal {
  readonly step: Step;
  readonly code: RefusalCode;
  readonly packet: PacketFacts;
  /**
   * Numbers of the stanzas that refused for this very reason, in file order; empty before stanzas are looked at.
   * More than one only where HMACs do not match, so that a junk packet costs one value and not one per stanza.
   */
  readonly stanzas: readonly number[];
  /**
   * Set where the HMAC key of another stanza made the packet: that these stanzas have other keys is as it should be, and
   * told only by those who tell of every stanza.
   */
  readonly elsewhere?: true;
  /** Set for `not-spa` and `undecodable`. */
  readonly error?: SpaErrorName;
  readonly facts: RefusalFacts;
}

/** A refusal by policy, before it is tied to a packet. */
export interface PolicyRefusal {
  readonly code: RefusalCode;
  readonly facts: RefusalFacts;
}

/** Tells a refusal; facts and stanzas that are left out are none. */
export type Refuse = (
  packet: PacketFacts,
  step: Step,
  code: RefusalCode,
  facts?: RefusalFacts,
  stanzas?: readonly number[],
) => void;
