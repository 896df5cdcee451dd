/**
 * Limits the packets of one stanza within a minute (MAX_PACKETS_PER_MINUTE).
 *
 * @module
 */
import type { Stanza } from "../config/stanza.ts";

/** Seconds. */
const MINUTE = 60;

interface Minute {
  readonly since: number;
  count: number;
}

/**
 * Counts the packets that a stanza's key made, and keeps nothing for other stanzas. Packets whose time opens nothing
 * have a separate count, because an eavesdropper may have collected many of them.
 */
export class PacketBudget {
  readonly #timely = new Map<number, Minute>();
  readonly #untimely = new Map<number, Minute>();

  /**
   * Counts one packet. Returns `false` if it exceeds the limit.
   *
   * @param isTimely whether a packet of its time may open something.
   * @param now whole seconds since 1970 UTC. A clock that is set back starts a new minute.
   */
  take({ number, maxPacketsPerMinute }: Stanza, now: number, isTimely: boolean): boolean {
    const minutes = isTimely ? this.#timely : this.#untimely;
    let minute = minutes.get(number);
    if (minute === undefined || now < minute.since || now >= minute.since + MINUTE) {
      minute = { since: now, count: 0 };
      minutes.set(number, minute);
    }
    if (minute.count >= maxPacketsPerMinute) return false;
    minute.count++;
    return true;
  }
}
