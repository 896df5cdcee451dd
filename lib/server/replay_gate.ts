/**
 * Refuses packets that were seen before, and packets that exceed the limit of their stanza.
 *
 * @module
 */
import type { Stanza } from "../config/stanza.ts";
import { reasonOf } from "../errors/reason.ts";
import type { OpenedPacket } from "../spa/packet.ts";
import { messageReplayDigest } from "../spa/replay_digest.ts";
import type { Candidate } from "./candidate.ts";
import type { PacketFacts } from "./describe_packet.ts";
import { PacketBudget } from "./packet_budget.ts";
import { type Reason, refuse } from "./refusal.ts";
import type { ReplayCache } from "./replay_cache.ts";
import type { ReplayEntry, SeenMessage } from "./replay_entry.ts";

/** A copy of a packet comes within this many seconds. One, because clocks count whole seconds. */
const COPY_DELAY = 1;

/** Looks packets up and remembers them. */
export class ReplayGate {
  readonly #replay: ReplayCache;
  readonly #maxAge: number;
  readonly #now: () => number;
  readonly #budget = new PacketBudget();

  /**
   * @param maxAge largest age of a packet that may open something, in seconds; `undefined`: ages are not checked.
   * @param now whole seconds since 1970 UTC.
   */
  constructor(replay: ReplayCache, maxAge: number | undefined, now: () => number) {
    this.#replay = replay;
    this.#maxAge = maxAge ?? Infinity;
    this.#now = now;
  }

  /** Refuses a packet whose text was seen before. `digest` is the digest of the text. */
  checkPacket(packet: PacketFacts, digest: string): Reason | undefined {
    const before = this.#replay.lookup(digest);
    return before && this.#refuseSeen(packet, before, digest);
  }

  /**
   * Remembers a packet that a key of the stanza made, once and before any policy. Refuses the packet if its message was
   * seen before, in the same or another text, if it exceeds the limit of the stanza, or if it cannot be recorded.
   */
  use(stanza: Stanza, opened: OpenedPacket, candidate: Candidate): Reason | undefined {
    const { packet, digest } = candidate;
    const seen = seenMessage(opened);
    // Look up first: otherwise an eavesdropper could use the limit up with other texts of one packet.
    if (!candidate.remembered) {
      const before = this.#replay.lookupMessage(seen);
      if (before !== undefined) return this.#refuseSeen(packet, before, digest);
    }
    // Check the limit before remembering, so that no key holder can fill memory and disk.
    if (!this.#budget.take(stanza, this.#now(), this.#isTimely(seen.timestamp))) {
      return refuse("too-many-packets", { limit: stanza.maxPacketsPerMinute });
    }
    if (candidate.remembered) return undefined;
    const refused = this.#remember(packet, digest, seen);
    candidate.remembered = refused === undefined;
    return refused;
  }

  /**
   * Refuses a packet that {@link use} accepted but that the cache does not hold: the server could not
   * decide, now or later, whether the packet is new.
   */
  checkKept(digest: string): Reason | undefined {
    return this.#replay.holds(digest) ? undefined : refuse("forgotten-time");
  }

  /** Whether a packet of that time may open something. */
  #isTimely(timestamp: number): boolean {
    return Math.abs(this.#now() - timestamp) <= this.#maxAge &&
      !this.#replay.mayHaveForgotten(timestamp);
  }

  /**
   * Remembers text and message (`lib/spa/replay_digest.ts`), independent of the current stanzas. With other stanzas,
   * after a reload, one message may have a second text.
   */
  #remember(packet: PacketFacts, digest: string, seen: SeenMessage): Reason | undefined {
    const { protocol, source, sourcePort, destination, destinationPort } = packet;
    const time = this.#now();
    const addresses = { source, sourcePort, destination, destinationPort };
    try {
      const isNew = this.#replay.add({ digest, protocol, ...addresses, time, message: seen });
      if (isNew) return undefined;
    } catch (error) {
      return refuse("not-remembered", { reason: reasonOf(error) });
    }
    const before = this.#replay.lookup(digest) ?? this.#replay.lookupMessage(seen);
    if (before === undefined) throw new TypeError("A packet that is not new was seen before");
    return this.#refuseSeen(packet, before, digest);
  }

  /** @param digest digest of the packet's text: another text of the same message is not a copy. */
  #refuseSeen(packet: PacketFacts, before: ReplayEntry, digest: string): Reason {
    const { source, sourcePort, protocol, destinationPort, time } = before;
    const ago = this.#now() - time;
    // The `any` device sees a packet twice: at the bridge and at the bridge port. A packet that is sent again comes
    // later or from another port.
    const isCopy = before.digest === digest && ago >= 0 && ago <= COPY_DELAY &&
      source === packet.source &&
      sourcePort === packet.sourcePort && sourcePort !== 0 && protocol === packet.protocol &&
      destinationPort === packet.destinationPort;
    const facts = { source, sourcePort, protocol, destinationPort, time, ago };
    return refuse(isCopy ? "duplicate" : "replay", facts);
  }
}

/** What identifies a packet beside its text. */
function seenMessage({ encodedData, message }: OpenedPacket): SeenMessage {
  return { digest: messageReplayDigest(encodedData), timestamp: message.timestamp };
}
