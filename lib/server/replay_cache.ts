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
 * (`docs/spec/server.md` 16, row 28). Without a window nothing is ever forgotten.
 */
export class ReplayCache {
  readonly #entries = new Map<string, ReplayEntry>();
  readonly #lifetime: number | undefined;
  readonly #store: ReplayStore | undefined;

  /**
   * @param options.window largest age of a packet in seconds; `undefined` when ages are not checked.
   * @param options.store `undefined` keeps entries in memory only (test mode, or persistence switched off).
   */
  constructor(
    options: { readonly window?: number | undefined; readonly store?: ReplayStore | undefined },
  ) {
    this.#lifetime = options.window === undefined ? undefined : options.window * 2;
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
      if (this.#isStale(entry, now)) stale++;
      else this.#entries.set(entry.digest, entry);
    }
    return stale;
  }

  /** Every entry remembered, oldest first. */
  entries(): Iterable<ReplayEntry> {
    return this.#entries.values();
  }

  #isStale(entry: ReplayEntry, now: number): boolean {
    return this.#lifetime !== undefined && entry.time < now - this.#lifetime;
  }

  /** A map iterates in the order of insertion, which is that of time, so the stale ones come first. */
  #forget(now: number): void {
    for (const [digest, entry] of this.#entries) {
      if (!this.#isStale(entry, now)) return;
      this.#entries.delete(digest);
    }
  }
}
