/**
 * A packet while stanza after stanza looks at it.
 *
 * @module
 */
import type { Datagram } from "../capture/datagram.ts";
import type { ScreenedPacket } from "../spa/screen.ts";
import type { HmacMismatches } from "./hmac_mismatches.ts";
import type { PacketFacts } from "./describe_packet.ts";

/** Full texts without mac, by the index of each stanza whose HMAC key made the packet's mac. */
export type Verified = ReadonlyMap<number, string>;

/** What follows after one stanza: `end` (also while gpg works on the packet), or `next`, the next stanza's turn. */
export type StanzaVerdict = "end" | "next";

/** The state of one packet, shared by all stanzas. */
export interface Candidate {
  readonly packet: PacketFacts;
  datagram: Datagram;
  readonly screened: ScreenedPacket;
  readonly digest: string;
  readonly verified: Verified;
  /** Absent if the packet is too short for GnuPG, or if no stanza uses GnuPG. */
  readonly verifiedGpg: Verified | undefined;
  readonly mismatches: HmacMismatches;
  /** Whether the replay cache already holds this packet. */
  remembered: boolean;
  /** Whether the packet has waited for gpg; other packets may have been processed meanwhile. */
  waited: boolean;
}
