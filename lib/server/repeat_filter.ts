/**
 * Counts equal refusals from one source instead of repeating them, so that no client, with or without a key, can fill
 * the log. Refusals past authentication are counted separately; otherwise an attacker without a key could hide them
 * among refusals of other packets.
 *
 * @module
 */
import { type Address, parseAddress } from "../net/address.ts";
import { addressKey } from "../net/address_key.ts";
import type { Observer, PacketEvent } from "./event.ts";
import { noKey, type Repeats, type StrangerKind } from "./prefilter.ts";
import { type Refusal, type RefusalCode, rowOf } from "./refusal.ts";
import { isPastAuthentication } from "./step.ts";

/** How long equal refusals are held back, in seconds. */
export const REPEAT_WINDOW = 60;

/**
 * Most kinds of refusals that one window distinguishes, separately for packets before and past authentication. Further
 * kinds, for example of forged sources, are counted together.
 */
export const MAX_KINDS = 200;

/** Refusals of packets without a key that a watching administrator is shown in one second. */
export const MOST_SHOWN = 100;

interface Held {
  readonly refusal: Refusal;
  readonly since: number;
  count: number;
}

/** Stands between the server and a reporter. */
export class RepeatFilter implements Repeats {
  readonly #observe: Observer;
  readonly #now: () => number;
  readonly #strangers: HeldRefusals;
  readonly #keyHolders: HeldRefusals;

  readonly #isWatched: boolean;
  /** The second in which {@link #shown} refusals were shown to a watching administrator. */
  #second = 0;
  #shown = 0;

  /**
   * @param now seconds since 1970 UTC.
   * @param isWatched whether an administrator watches: then every refusal past authentication is reported, and of the
   * others as many as one can read.
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
    const now = this.#now();
    if (this.#isWatched && (isOfKeyHolder || this.#hasRoom(now))) {
      this.#observe(event);
      return;
    }
    this.flush(now);
    const held = isOfKeyHolder ? this.#keyHolders : this.#strangers;
    held.take(event.refusal, now);
  };

  /** Whether the administrator can still be shown a refusal in this second. */
  #hasRoom(now: number): boolean {
    if (now !== this.#second) [this.#second, this.#shown] = [now, 0];
    return this.#shown++ < MOST_SHOWN;
  }

  /** Counts a packet of a client without a key, before a refusal of it is made. */
  count(source: Address, kind: StrangerKind): boolean {
    return this.#strangers.count(source, kind, this.#now());
  }

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
  /** The same, of packets without a key: by kind, then by `addressKey`. */
  readonly #byKind = new Map<StrangerKind, Map<number | string, Held>>();
  #others = 0;
  #othersSince = 0;

  constructor(observe: Observer) {
    this.#observe = observe;
  }

  count(source: Address, kind: StrangerKind, now: number): boolean {
    const held = this.#byKind.get(kind)?.get(addressKey(source));
    if (held !== undefined) {
      if (!isYoung(held.since, now)) return false;
      held.count++;
      return true;
    }
    if (this.#held.size < MAX_KINDS || !isYoung(this.#oldest(), now)) return false;
    this.#countOther(now);
    return true;
  }

  take(refusal: Refusal, now: number): void {
    const kind = kindOf(refusal);
    const held = this.#held.get(kind);
    if (held !== undefined) held.count++;
    else if (this.#held.size < MAX_KINDS) {
      const first = { refusal, since: now, count: 0 };
      this.#held.set(kind, first);
      this.#index(first);
      this.#observe({ kind: "refused", refusal });
    } else this.#countOther(now);
  }

  flush(now: number, all: boolean): void {
    for (const [kind, held] of this.#held) {
      // The map is in order of insertion, so the first young entry ends the search.
      if (!all && isYoung(held.since, now)) break;
      this.#held.delete(kind);
      this.#forget(held);
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

  /** When the first of the held refusals was reported. */
  #oldest(): number {
    for (const { since } of this.#held.values()) return since;
    return -Infinity;
  }

  #countOther(now: number): void {
    if (this.#others === 0) this.#othersSince = now;
    this.#others++;
  }

  #index(held: Held): void {
    const place = placeOf(held.refusal);
    if (place === undefined) return;
    const bySource = this.#byKind.get(place.kind) ?? new Map<number | string, Held>();
    this.#byKind.set(place.kind, bySource);
    // If a packet had several refusals, only the first is counted on.
    if (!bySource.has(place.source)) bySource.set(place.source, held);
  }

  #forget(held: Held): void {
    const place = placeOf(held.refusal);
    const bySource = place && this.#byKind.get(place.kind);
    if (place === undefined || bySource?.get(place.source) !== held) return;
    bySource.delete(place.source);
  }
}

/** Where {@link HeldRefusals.count} looks for a refusal; `undefined`: it is of a packet that a prefilter lets pass. */
function placeOf(
  { code, facts, packet }: Refusal,
): { readonly kind: StrangerKind; readonly source: number | string } | undefined {
  const source = parseAddress(packet.source);
  const kind = code === "not-spa"
    ? facts.error
    : code === "no-stanza-for-source"
    ? "no-source"
    : WITHOUT_KEY.has(code)
    ? noKey(packet.length)
    : undefined;
  return source === undefined || kind === undefined
    ? undefined
    : { kind, source: addressKey(source) };
}

/** The refusals of a packet that no key of a stanza made. */
const WITHOUT_KEY: ReadonlySet<RefusalCode> = new Set([
  "hmac-mismatch",
  "no-cipher-match",
  "no-stanza-for-destination",
]);

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
