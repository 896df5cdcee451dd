/**
 * Equal refusals from one source are counted, not repeated: whoever can send packets must not be able to fill the
 * log. Refusals of those who hold a key are told one by one: there are few of them, and each matters.
 *
 * @module
 */
import type { Observer, PacketEvent } from "./event.ts";
import { type Refusal, STEPS } from "./refusal.ts";

/** How long equal refusals are held back, in seconds. */
export const REPEAT_WINDOW = 60;

/** Kinds of refusals told apart within one window; forged sources beyond that are counted together. */
export const MAX_KINDS = 200;

interface Held {
  readonly refusal: Refusal;
  readonly since: number;
  count: number;
}

/** Stands between the server and a reporter. */
export class RepeatFilter {
  readonly #observe: Observer;
  readonly #now: () => number;
  readonly #held = new Map<string, Held>();
  #others = 0;
  #othersSince = 0;

  /** @param now seconds since 1970 UTC. */
  constructor(observe: Observer, now: () => number) {
    this.#observe = observe;
    this.#now = now;
  }

  /** Lets an event pass, or counts it. */
  readonly observe = (event: PacketEvent): void => {
    if (event.kind !== "refused" || isPastAuthentication(event.refusal)) {
      this.#observe(event);
      return;
    }
    const now = this.#now();
    this.flush(now);
    const { refusal } = event;
    const kind = JSON.stringify([
      refusal.packet.source,
      refusal.code,
      refusal.error,
      refusal.stanzas[0],
      refusal.stanzas.length,
    ]);
    const held = this.#held.get(kind);
    if (held !== undefined) held.count++;
    else if (this.#held.size < MAX_KINDS) {
      this.#held.set(kind, { refusal, since: now, count: 0 });
      this.#observe(event);
    } else {
      if (this.#others === 0) this.#othersSince = now;
      this.#others++;
    }
  };

  /** Tells what was held back for a whole window; with `all`, everything. */
  flush(now: number, all = false): void {
    for (const [kind, held] of this.#held) {
      // In order of insertion, so the first young one ends the search.
      if (!all && isYoung(held.since, now)) break;
      this.#held.delete(kind);
      if (held.count > 0) {
        const { refusal, count } = held;
        this.#observe({ kind: "repeated", refusal, count, seconds: Math.max(0, now - held.since) });
      }
    }
    if (this.#others > 0 && (all || !isYoung(this.#othersSince, now))) {
      const count = this.#others;
      this.#others = 0;
      this.#observe({
        kind: "repeated",
        refusal: undefined,
        count,
        seconds: Math.max(0, now - this.#othersSince),
      });
    }
  }

  /** Whether something is held back that a later `flush` would tell. */
  get isHolding(): boolean {
    return this.#others > 0 || this.#held.values().some((held) => held.count > 0);
  }
}

/** What lies in the future is not young: the clock was set back, and nobody shall wait until it has caught up. */
function isYoung(since: number, now: number): boolean {
  return now >= since && now - since < REPEAT_WINDOW;
}

function isPastAuthentication({ step }: Refusal): boolean {
  return STEPS.indexOf(step) > STEPS.indexOf("authenticate");
}
