/**
 * Reports packets that a limit dropped: one refusal when a flood of a network begins, and their number when it ends.
 *
 * @module
 */
import type { PacketFacts } from "./describe_packet.ts";
import type { Observer } from "./event.ts";
import { type Refusal, refuse, tie } from "./refusal.ts";

/** A flood has ended when nothing was dropped for this many milliseconds. */
export const FLOOD_END = 10_000;

/** Floods that are reported apart from each other. */
const MOST_FLOODS = 50;

interface Flood {
  readonly refusal: Refusal;
  readonly began: number;
  last: number;
  /** Dropped packets after the first. */
  count: number;
}

/** The floods that go on. Its timer runs only while there is one. */
export class Floods implements Disposable {
  readonly #observe: Observer;
  readonly #steady: () => number;
  readonly #floods = new Map<string, Flood>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param steady milliseconds of a clock that only goes forward. */
  constructor(observe: Observer, steady: () => number) {
    this.#observe = observe;
    this.#steady = steady;
  }

  /**
   * Counts a dropped packet.
   *
   * @param packet is called for the first packet of a flood.
   * @param limit packets a second of the network.
   */
  drop(network: string, limit: number, packet: () => PacketFacts): void {
    const now = this.#steady();
    const flood = this.#floods.get(network);
    if (flood !== undefined) {
      flood.count++;
      flood.last = now;
      return;
    }
    if (this.#floods.size >= MOST_FLOODS) return;
    const refusal = tie(refuse("network-limit", { network, limit }), packet());
    this.#floods.set(network, { refusal, began: now, last: now, count: 0 });
    this.#observe({ kind: "refused", refusal });
    this.#watch();
  }

  /** Reports the floods that have ended; with `all`, all of them. */
  flush(all = false): void {
    const now = this.#steady();
    for (const [network, { refusal, began, last, count }] of this.#floods) {
      if (!all && now - last < FLOOD_END) continue;
      this.#floods.delete(network);
      const seconds = Math.ceil((last - began) / 1000);
      if (count > 0) this.#observe({ kind: "repeated", refusal, count, seconds });
    }
  }

  /** Reports all floods and stops. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.flush(true);
  }

  #watch(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.flush();
      if (this.#floods.size > 0) this.#watch();
    }, FLOOD_END / 2);
  }
}
