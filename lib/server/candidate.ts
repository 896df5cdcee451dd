/**
 * A packet on its way through the stanzas.
 *
 * @module
 */
import type { Datagram } from "../capture/datagram.ts";
import type { ScreenedPacket } from "../spa/screen.ts";
import type { HmacMismatches } from "./hmac_mismatches.ts";
import type { PacketFacts } from "./describe_packet.ts";

/** Full texts by the stanza's index: those whose HMAC key covers them. */
export type Verified = ReadonlyMap<number, string>;

/** What one stanza made of a packet: end of the road (or gpg's turn, which goes on later), or the next stanza's. */
export type Verdict = "end" | "next";

/** What stanza after stanza is asked about. */
export interface Candidate {
  readonly packet: PacketFacts;
  datagram: Datagram;
  readonly screened: ScreenedPacket;
  readonly digest: string;
  readonly verified: Verified;
  /** Absent: the packet is too short for GnuPG, or no stanza uses it. */
  readonly verifiedGpg: Verified | undefined;
  readonly mismatches: HmacMismatches;
  /** Whether this packet is in the replay cache by now. */
  remembered: boolean;
  /** Other packets may have come in between: gpg has had its turn. */
  waited: boolean;
}
