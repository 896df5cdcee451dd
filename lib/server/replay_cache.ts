/**
 * Which packets were accepted before: the memory that makes a captured packet worthless.
 *
 * @module
 */
import { formatReplayEntry, type ReplayEntry } from "./replay_entry.ts";

/** Where new entries are kept beyond the life of the process. */
export interface ReplayStore {
  /** Writes the line at once. @throws when it cannot be written: the packet must then be refused. */
  append(line: string): void;
}

/**
 * Digests of accepted packets. Look-ups take constant time. With an age window an entry is dropped once it is older
 * than twice the window: by then the packet it stands for is refused for its age, whatever the two clocks say
 * (`docs/spec/server.md` 16, row 28). Without a window nothing is ever forgotten. Clocks are set forward and back, and
 * windows change; so the cache knows which packets it may have forgotten.
 */
export class ReplayCache {
  readonly #entries = new Map<string, ReplayEntry>();
  readonly #window: number | undefined;
  /** Packets with a time up to this one may have been forgotten. */
  #horizon = -Infinity;
  readonly #store: ReplayStore | undefined;

  /**
   * @param options.window largest age of a packet in seconds; `undefined` when ages are not checked.
   * @param options.store `undefined` keeps entries in memory only (test mode, or persistence switched off).
   */
  constructor(
    options: { readonly window?: number | undefined; readonly store?: ReplayStore | undefined },
  ) {
    this.#window = options.window;
    this.#store = options.store;
  }

  /** How many packets are remembered. */
  get size(): number {
    return this.#entries.size;
  }

  /** The packet that carried this digest before, if there was one. */
  lookup(digest: string): ReplayEntry | undefined {
    return this.#entries.get(digest);
  }

  /**
   * Whether a packet of that time may have been accepted and forgotten. With clocks that run on and a window that stays
   * it is too old by then in any case.
   */
  mayHaveForgotten(timestamp: number): boolean {
    return timestamp <= this.#horizon;
  }

  /**
   * Test-and-set: remembers the entry and writes it to the store. Returns `false`, changing nothing, when the digest
   * was there already.
   *
   * @throws whatever the store throws; nothing is remembered then.
   */
  add(entry: ReplayEntry): boolean {
    if (this.#entries.has(entry.digest)) return false;
    this.#store?.append(formatReplayEntry(entry));
    this.#forget(entry.time);
    this.#entries.set(entry.digest, entry);
    return true;
  }

  /**
   * Takes over entries of an earlier run. Those already too old to matter are left out; returns how many were.
   *
   * @param now seconds since 1970 UTC.
   */
  load(entries: Iterable<ReplayEntry>, now: number): number {
    let stale = 0;
    for (const entry of entries) {
      if (this.#isStale(entry, now)) {
        stale++;
        this.#raiseHorizon(entry);
      } else this.#entries.set(entry.digest, entry);
    }
    return stale;
  }

  /**
   * Goes on where another cache stops, at a reload: what that one knows and this one does not is written to the store.
   *
   * @throws whatever the store throws.
   */
  takeOver(before: ReplayCache, now: number): void {
    this.#horizon = Math.max(this.#horizon, before.#horizon);
    for (const entry of before.#entries.values()) {
      if (this.#isStale(entry, now)) this.#raiseHorizon(entry);
      else if (!this.#entries.has(entry.digest)) {
        this.#store?.append(formatReplayEntry(entry));
        this.#entries.set(entry.digest, entry);
      }
    }
  }

  /** Every entry remembered, oldest first. */
  entries(): Iterable<ReplayEntry> {
    return this.#entries.values();
  }

  #isStale(entry: ReplayEntry, now: number): boolean {
    return this.#window !== undefined && newestTime(entry, this.#window) < now - this.#window;
  }

  #raiseHorizon(entry: ReplayEntry): void {
    this.#horizon = Math.max(this.#horizon, newestTime(entry, this.#window ?? 0));
  }

  /** A map iterates in the order of insertion, which is that of time, so the stale ones come first. */
  #forget(now: number): void {
    for (const [digest, entry] of this.#entries) {
      if (!this.#isStale(entry, now)) {
        // One from the future stays for long, and must not keep the others.
        if ((entry.timestamp ?? 0) > entry.time + (this.#window ?? 0)) continue;
        return;
      }
      this.#entries.delete(digest);
      this.#raiseHorizon(entry);
    }
  }
}

/**
 * The latest time a packet with this entry can have: its own where that is known, else what was accepted then. A clock
 * that was wrong when it came refused it, and could be right when it comes again, so both count.
 */
function newestTime({ time, timestamp }: ReplayEntry, window: number): number {
  return Math.max(time + window, timestamp ?? 0);
}
