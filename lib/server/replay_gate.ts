/**
 * Was this packet here before? The replay cache, with its answers told as refusals.
 *
 * @module
 */
import type { OpenedPacket } from "../spa/packet.ts";
import { messageReplayDigest } from "../spa/replay_digest.ts";
import { reasonOf } from "../errors/reason.ts";
import type { PacketFacts, Refuse } from "./refusal.ts";
import type { ReplayCache } from "./replay_cache.ts";
import type { ReplayEntry, SeenMessage } from "./replay_entry.ts";

/** What the gate is made of. */
export interface ReplayGateParts {
  readonly replay: ReplayCache;
  /** Seconds since 1970 UTC, whole. */
  readonly now: () => number;
  readonly refuse: Refuse;
}

/** A copy of a packet comes within this many seconds: one, since clocks count whole ones. */
const COPY_DELAY = 1;

/** Looks packets up and remembers them. */
export class ReplayGate {
  readonly #parts: ReplayGateParts;

  constructor(parts: ReplayGateParts) {
    this.#parts = parts;
  }

  /** Whether the text with that digest was seen before; if so, that is told. */
  refuses(packet: PacketFacts, digest: string): boolean {
    return this.#refuses(packet, this.#parts.replay.lookup(digest), digest);
  }

  /** @param digest of the packet's text: another text of the same message is no copy. */
  #refuses(packet: PacketFacts, before: ReplayEntry | undefined, digest: string): boolean {
    if (before === undefined) return false;
    const { source, sourcePort, protocol, destinationPort, time } = before;
    const ago = this.#parts.now() - time;
    const facts = { source, sourcePort, protocol, destinationPort, time, ago };
    // The `any` device sees a packet at the bridge and at its port; whoever resends one takes longer or has another port.
    const isCopy = before.digest === digest && ago >= 0 && ago <= COPY_DELAY &&
      source === packet.source &&
      sourcePort === packet.sourcePort && sourcePort !== 0 && protocol === packet.protocol &&
      destinationPort === packet.destinationPort;
    this.#parts.refuse(packet, "seen", isCopy ? "duplicate" : "replay", facts);
    return true;
  }

  /** Whether nobody can say any more that a packet of that time is new. */
  forgot(timestamp: number): boolean {
    return this.#parts.replay.mayHaveForgotten(timestamp);
  }

  /** Whether the message was seen before, in whatever text; if so, that is told. */
  refusesMessage(packet: PacketFacts, digest: string, seen: SeenMessage): boolean {
    return this.#refuses(packet, this.#parts.replay.lookupMessage(seen), digest);
  }

  /**
   * Whether the packet, although {@link remember} let it go on, is not in memory: nobody can say whether it is new, or
   * will be able to; if so, that is told.
   */
  refusesUnkept(packet: PacketFacts, digest: string, stanzas: readonly number[]): boolean {
    if (this.#parts.replay.holds(digest)) return false;
    this.#parts.refuse(packet, "authorize", "forgotten-time", {}, stanzas);
    return true;
  }

  /**
   * Remembers a packet by its text and by its message (`lib/spa/replay_digest.ts`); `false`, and told, if it must not go
   * on. Both whatever the stanzas say now: with others, after a reload, one message may have a second text.
   */
  remember(
    packet: PacketFacts,
    packetDigest: string,
    seen: SeenMessage,
    stanzas: readonly number[],
  ): boolean {
    const { replay, now, refuse } = this.#parts;
    const { protocol, source, sourcePort, destination, destinationPort } = packet;
    try {
      const isNew = replay.add({
        digest: packetDigest,
        protocol,
        source,
        sourcePort,
        destination,
        destinationPort,
        time: now(),
        message: seen,
      });
      if (isNew) return true;
      const before = replay.lookup(packetDigest) ?? replay.lookupMessage(seen);
      this.#refuses(packet, before, packetDigest);
      return false;
    } catch (error) {
      const reason = reasonOf(error);
      refuse(packet, "remember", "not-remembered", { reason }, stanzas);
      return false;
    }
  }
}

/** What a packet is known by besides its text. */
export function seenMessage(
  { encodedData, message }: Pick<OpenedPacket, "encodedData" | "message">,
): SeenMessage {
  return { digest: messageReplayDigest(encodedData), timestamp: message.timestamp };
}
