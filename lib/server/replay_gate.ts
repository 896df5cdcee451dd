/**
 * Was this packet here before? The replay cache, with its answers told as refusals.
 *
 * @module
 */
import type { OpenedPacket } from "../spa/packet.ts";
import { messageReplayDigest } from "../spa/replay_digest.ts";
import type { PacketFacts, Refuse } from "./refusal.ts";
import type { ReplayCache } from "./replay_cache.ts";

/** What the gate is made of. */
export interface ReplayGateParts {
  readonly replay: ReplayCache;
  /** Seconds since 1970 UTC, whole. */
  readonly now: () => number;
  /** Messages are remembered as well as packet texts (`lib/spa/replay_digest.ts`). */
  readonly remembersMessages: boolean;
  readonly refuse: Refuse;
}

/** Looks packets up and remembers them. */
export class ReplayGate {
  readonly #parts: ReplayGateParts;

  constructor(parts: ReplayGateParts) {
    this.#parts = parts;
  }

  /** Whether the digest was seen before; if so, that is told. */
  refuses(packet: PacketFacts, digest: string): boolean {
    const before = this.#parts.replay.lookup(digest);
    if (before === undefined) return false;
    const { source, sourcePort, protocol, destinationPort, time } = before;
    const ago = this.#parts.now() - time;
    const facts = { source, sourcePort, protocol, destinationPort, time, ago };
    this.#parts.refuse(packet, "seen", "replay", facts);
    return true;
  }

  /** Whether nobody can say any more that a packet of that time is new; if so, that is told. */
  refusesTime(packet: PacketFacts, timestamp: number, stanzas: readonly number[]): boolean {
    if (!this.#parts.replay.mayHaveForgotten(timestamp)) return false;
    this.#parts.refuse(packet, "authorize", "forgotten-time", {}, stanzas);
    return true;
  }

  /** Remembers a packet and, where that is called for, its message; `false`, and told, if it must not go on. */
  remember(
    packet: PacketFacts,
    packetDigest: string,
    { encodedData, message }: Pick<OpenedPacket, "encodedData" | "message">,
    stanzas: readonly number[],
  ): boolean {
    const { replay, now, remembersMessages, refuse } = this.#parts;
    const digests = [packetDigest];
    if (remembersMessages) {
      const digest = messageReplayDigest(encodedData);
      if (this.refuses(packet, digest)) return false;
      digests.push(digest);
    }
    const { protocol, source, sourcePort, destination, destinationPort } = packet;
    const { timestamp } = message;
    const entry = { protocol, source, sourcePort, destination, destinationPort, timestamp };
    try {
      const time = now();
      for (const digest of digests) replay.add({ ...entry, digest, time });
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      refuse(packet, "remember", "not-remembered", { reason }, stanzas);
      return false;
    }
  }
}
