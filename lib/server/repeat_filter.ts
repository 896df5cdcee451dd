/**
 * Counts equal refusals from one source instead of repeating them, so that no client, with or without a key, can fill
 * the log. Refusals past authentication are counted separately; otherwise an attacker without a key could hide them
 * among refusals of other packets.
 *
 * @module
 */
import type { Observer, PacketEvent } from "./event.ts";
import { type Refusal, rowOf } from "./refusal.ts";
import { isPastAuthentication } from "./step.ts";

/** How long equal refusals are held back, in seconds. */
export const REPEAT_WINDOW = 60;

/**
 * Most kinds of refusals that one window distinguishes, separately for packets before and past authentication. Further
 * kinds, for example of forged sources, are counted together.
 */
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
  readonly #strangers: HeldRefusals;
  readonly #keyHolders: HeldRefusals;

  readonly #isWatched: boolean;

  /**
   * @param now seconds since 1970 UTC.
   * @param isWatched whether an administrator watches and needs every refusal past authentication.
   */
  constructor(observe: Observer, now: () => number, isWatched = false) {
    this.#observe = observe;
    this.#now = now;
    this.#isWatched = isWatched;
    this.#strangers = new HeldRefusals(observe);
    this.#keyHolders = new HeldRefusals(observe);
  }

  /** Passes an event on, or counts it. */
  readonly observe = (event: PacketEvent): void => {
    if (event.kind !== "refused" || rowOf(event.refusal).isFault === false) {
      this.#observe(event);
      return;
    }
    const isOfKeyHolder = isPastAuthentication(event.refusal.step);
    if (isOfKeyHolder && this.#isWatched) {
      this.#observe(event);
      return;
    }
    const now = this.#now();
    this.flush(now);
    const held = isOfKeyHolder ? this.#keyHolders : this.#strangers;
    held.take(event.refusal, now);
  };

  /** Reports the refusals that were held back for a whole window; with `all`, all of them. */
  flush(now: number, all = false): void {
    this.#strangers.flush(now, all);
    this.#keyHolders.flush(now, all);
  }

  /** Whether a later `flush` has something to report. */
  get isHolding(): boolean {
    return this.#strangers.isHolding || this.#keyHolders.isHolding;
  }
}

/** The refusals of one window. */
class HeldRefusals {
  readonly #observe: Observer;
  readonly #held = new Map<string, Held>();
  #others = 0;
  #othersSince = 0;

  constructor(observe: Observer) {
    this.#observe = observe;
  }

  take(refusal: Refusal, now: number): void {
    const kind = kindOf(refusal);
    const held = this.#held.get(kind);
    if (held !== undefined) held.count++;
    else if (this.#held.size < MAX_KINDS) {
      this.#held.set(kind, { refusal, since: now, count: 0 });
      this.#observe({ kind: "refused", refusal });
    } else {
      if (this.#others === 0) this.#othersSince = now;
      this.#others++;
    }
  }

  flush(now: number, all: boolean): void {
    for (const [kind, held] of this.#held) {
      // The map is in order of insertion, so the first young entry ends the search.
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

  get isHolding(): boolean {
    return this.#others > 0 || this.#held.values().some((held) => held.count > 0);
  }
}

/** Past authentication, the texts of the facts are part of the kind. Numbers are not: they differ every second. */
function kindOf({ packet, step, code, stanzas, facts }: Refusal): string {
  const error = "error" in facts ? facts.error : undefined;
  const read = isPastAuthentication(step)
    ? Object.values(facts).filter((fact) => typeof fact === "string")
    : [];
  return JSON.stringify([packet.source, code, error, stanzas[0], stanzas.length, ...read]);
}

/** A time in the future is not young: after the clock was set back, the log must not wait until it has caught up. */
function isYoung(since: number, now: number): boolean {
  return now >= since && now - since < REPEAT_WINDOW;
}
