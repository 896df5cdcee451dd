/**
 * How many packets of one stanza count within a minute (MAX_PACKETS_PER_MINUTE).
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
 * Counts the packets that a stanza's key made; nothing is kept for stanzas whose key made none. Those of a time that
 * opens nothing have a count of their own: a stock of them is what an eavesdropper has.
 */
export class PacketBudget {
  readonly #timely = new Map<number, Minute>();
  readonly #untimely = new Map<number, Minute>();

  /**
   * Counts one packet. `false`: it is one too many.
   *
   * @param isTimely whether a packet of its time may open something.
   * @param now seconds since 1970 UTC, whole. A clock that is set back begins a new minute.
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
