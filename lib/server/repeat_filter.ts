/**
 * Equal refusals from one source are counted, not repeated: nobody, with or without a key, must be able to fill the log.
 * Those past authentication are counted apart from those of strangers, who could otherwise hide them among their own.
 *
 * @module
 */
import type { Observer, PacketEvent } from "./event.ts";
import { type Refusal, rowOf } from "./refusal.ts";
import { isPastAuthentication } from "./step.ts";

/** How long equal refusals are held back, in seconds. */
export const REPEAT_WINDOW = 60;

/**
 * Kinds of refusals told apart within one window, of strangers and of holders of a key each; what is beyond, such as
 * forged sources, is counted together.
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
   * @param isWatched a person looks on and wants each refusal past authentication: nothing else explains a knock.
   */
  constructor(observe: Observer, now: () => number, isWatched = false) {
    this.#observe = observe;
    this.#now = now;
    this.#isWatched = isWatched;
    this.#strangers = new HeldRefusals(observe);
    this.#keyHolders = new HeldRefusals(observe);
  }

  /** Lets an event pass, or counts it. */
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

  /** Tells what was held back for a whole window; with `all`, everything. */
  flush(now: number, all = false): void {
    this.#strangers.flush(now, all);
    this.#keyHolders.flush(now, all);
  }

  /** Whether something is held back that a later `flush` would tell. */
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

  get isHolding(): boolean {
    return this.#others > 0 || this.#held.values().some((held) => held.count > 0);
  }
}

/** What an administrator reads in it is part of a refusal past authentication; its numbers differ every second. */
function kindOf({ packet, step, code, stanzas, facts }: Refusal): string {
  const error = "error" in facts ? facts.error : undefined;
  const read = isPastAuthentication(step)
    ? Object.values(facts).filter((fact) => typeof fact === "string")
    : [];
  return JSON.stringify([packet.source, code, error, stanzas[0], stanzas.length, ...read]);
}

/** What lies in the future is not young: the clock was set back, and nobody shall wait until it has caught up. */
function isYoung(since: number, now: number): boolean {
  return now >= since && now - since < REPEAT_WINDOW;
}
