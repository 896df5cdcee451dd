/**
 * Remembers the accepted packets, so that an attacker cannot use a captured packet again.
 *
 * @module
 */
import { formatReplayEntry, type ReplayEntry, type SeenMessage } from "./replay_entry.ts";
import { formatHorizon, formatReplayFile, type ReplayFileContent } from "./replay_file_text.ts";

/** Keeps entries beyond the life of the process. */
export interface ReplayStore {
  /** Writes the lines at once. @throws if they cannot be written; the packet must then be refused. */
  append(lines: string): void;
  /** Replaces the whole text in one step. @throws if that fails; the text is then unchanged. */
  replace(text: string): void;
  /**
   * Opens or creates the file again if another program has removed or replaced it.
   *
   * @returns `undefined` if the file is still the same.
   * @throws if the file cannot be opened.
   */
  reopen(): OpenedStore | undefined;
  close(): void;
}

/** A store and its content when it was opened. */
export interface OpenedStore {
  readonly store: ReplayStore;
  /** `undefined`: the cache has this store already, and nothing else has written to it. */
  readonly content: ReplayFileContent | undefined;
}

/** The settings that the replay cache follows. */
export interface ReplaySettings {
  /** Largest age of a packet in seconds; `undefined` if ages are not checked. */
  readonly window: number | undefined;
  /** `undefined`: keep entries in memory only (test mode, or persistence is off). */
  readonly opened?: OpenedStore | undefined;
}

/**
 * The newest packets that are never forgotten, even if they are too old by the clock. They matter when a clock that was
 * ahead is corrected.
 */
const KEPT = 5000;

/** How many of the newest packets that open nothing are recognized when they come again. */
const KNOWN_AGAIN = 1000;

/**
 * The packets accepted so far, in one cache for the life of the process. Look-ups take constant time. The store holds
 * the same entries as the memory.
 *
 * A packet is forgotten only if it is too old to be accepted and many newer packets are remembered. It may become young
 * again, because clocks are set forward and back and windows change. The cache and the store therefore keep the latest
 * time of all forgotten packets, the *horizon*. A packet up to the horizon opens nothing, because it may be a forgotten
 * one. So no packet counts twice, whatever the clock does (`docs/spec/server.md` 16, row 28). The horizon lies
 * thousands of packets back, so a corrected clock does not cause refusals of new packets.
 */
export class ReplayCache {
  readonly #packets = new Map<string, ReplayEntry>();
  readonly #messages = new Map<string, ReplayEntry>();
  /** Packets that open nothing and are not stored. Their copies are recognized, to save the run of gpg and the line. */
  readonly #unkept = new Map<string, ReplayEntry>();
  /**
   * Digests of packets that were refused because their time was too far ahead. Their time may be years away, so at most
   * {@link KEPT} are remembered: the holder of one key must not fill the memory with them.
   */
  readonly #early = new Set<string>();
  readonly #kept: number;
  #window: number | undefined;
  #store: ReplayStore | undefined;
  #horizon = -Infinity;
  /** When the cache holds this many packets, it checks whether it can forget some. */
  #mark: number;

  /** @param options.kept how many of the newest packets are never forgotten; for tests. */
  constructor(
    { window, kept = KEPT }: { readonly window?: number | undefined; readonly kept?: number } = {},
  ) {
    this.#window = window;
    this.#kept = kept;
    this.#mark = withSlack(kept);
  }

  /** How many packets are remembered. */
  get size(): number {
    return this.#packets.size;
  }

  /** Absent if entries are kept in memory only. */
  get store(): ReplayStore | undefined {
    return this.#store;
  }

  /** The earlier packet with this text, if there was one. */
  lookup(digest: string): ReplayEntry | undefined {
    return this.#packets.get(digest) ?? this.#unkept.get(digest);
  }

  /** The earlier packet with this message, if there was one; its text may differ. */
  lookupMessage({ digest }: SeenMessage): ReplayEntry | undefined {
    return this.#messages.get(digest);
  }

  /** Whether a packet of that time may have been accepted and then forgotten. */
  mayHaveForgotten(timestamp: number): boolean {
    return timestamp <= this.#horizon;
  }

  /** Whether a packet that {@link add} took is remembered. If it is not, it opens nothing. */
  holds(digest: string): boolean {
    return this.#packets.has(digest);
  }

  /**
   * Test-and-set: remembers the packet and writes it to the store, unless its time opens nothing. Returns `false` and
   * changes nothing if its text or its message is already remembered.
   *
   * @throws the store's exception; the packet is then not remembered.
   */
  add(entry: ReplayEntry): boolean {
    const { digest, time, message } = entry;
    this.restore(time);
    if (this.lookup(digest) !== undefined) return false;
    if (message !== undefined) {
      if (this.#messages.has(message.digest)) return false;
      // Many packets that open nothing must not fill the memory.
      const isOneTooMany = this.#early.size >= this.#kept && this.#isEarly(entry);
      if (isOneTooMany || this.mayHaveForgotten(message.timestamp)) {
        this.#noteUnkept(entry);
        return true;
      }
    }
    this.#store?.append(formatReplayEntry(entry));
    this.#put(entry);
    this.#compact(time);
    return true;
  }

  /**
   * Changes to other settings. Loads the entries of a new store, writes the entries that only the memory holds to it,
   * and closes the old store. Nothing else runs meanwhile, so every packet is in one of the stores.
   *
   * @param now seconds since 1970 UTC.
   * @throws the new store's exception; then nothing has changed, and the caller still owns the new store.
   */
  configure({ window, opened }: ReplaySettings, now: number): void {
    const content = opened?.content;
    if (opened !== undefined && content !== undefined) this.#writeMissing(opened.store, content);
    if (opened?.store !== this.#store) this.#store?.close();
    this.#store = opened?.store;
    this.#window = window;
    if (content !== undefined) this.load(content);
    this.#compact(now);
  }

  /** Remembers the content of a store without taking the store, for example to inspect it. */
  load({ entries, horizon }: ReplayFileContent): void {
    this.#horizon = Math.max(this.#horizon, horizon);
    for (const entry of entries) this.#put(entry);
  }

  /**
   * If another program has removed or replaced the store's file: opens or creates it again, and writes all entries to
   * it.
   *
   * @param now seconds since 1970 UTC.
   * @returns whether the file was opened again.
   * @throws if the file cannot be written.
   */
  restore(now: number): boolean {
    const opened = this.#store?.reopen();
    if (opened === undefined) return false;
    try {
      this.configure({ window: this.#window, opened }, now);
    } catch (error) {
      opened.store.close();
      throw error;
    }
    return true;
  }

  /**
   * Forgets useless entries in memory and in the store.
   *
   * @param now seconds since 1970 UTC.
   * @throws if the store cannot be written; then nothing is forgotten.
   */
  forget(now: number): void {
    const gone = this.#useless(now);
    if (gone.size === 0) return;
    let horizon = this.#horizon;
    for (const entry of gone) horizon = Math.max(horizon, latestTime(entry, this.#window ?? 0));
    const rest = Array.from(this.#packets.values()).filter((entry) => !gone.has(entry));
    this.#store?.replace(formatReplayFile(rest, horizon));
    this.#horizon = horizon;
    for (const { digest, message } of gone) {
      this.#packets.delete(digest);
      this.#early.delete(digest);
      if (message !== undefined) this.#messages.delete(message.digest);
    }
  }

  /** All entries, as the text of a file. */
  text(): string {
    return formatReplayFile(this.#packets.values(), this.#horizon);
  }

  /** All entries, oldest first. */
  entries(): Iterable<ReplayEntry> {
    return this.#packets.values();
  }

  /** Closes the store. */
  close(): void {
    this.#store?.close();
    this.#store = undefined;
  }

  #put(entry: ReplayEntry): void {
    const before = this.#packets.get(entry.digest);
    if (before === undefined || before.message === undefined) {
      this.#packets.set(entry.digest, entry);
      if (entry.message !== undefined) this.#messages.set(entry.message.digest, entry);
      if (this.#isEarly(entry)) this.#early.add(entry.digest);
    }
  }

  /** Whether the packet's time was too far ahead to be accepted. */
  #isEarly({ time, message }: ReplayEntry): boolean {
    return message !== undefined && message.timestamp > time + (this.#window ?? Infinity);
  }

  #noteUnkept(entry: ReplayEntry): void {
    this.#unkept.set(entry.digest, entry);
    const [oldest = ""] = this.#unkept.keys();
    if (this.#unkept.size > KNOWN_AGAIN) this.#unkept.delete(oldest);
  }

  /** Packets that are too old to be accepted, except the newest ones. */
  #useless(now: number): ReadonlySet<ReplayEntry> {
    const window = this.#window;
    const gone = new Set<ReplayEntry>();
    if (window === undefined) return gone;
    let older = this.#packets.size - this.#kept;
    for (const entry of this.#packets.values()) {
      if (older-- <= 0) break;
      if (latestTime(entry, window) < now - window) gone.add(entry);
    }
    return gone;
  }

  /** Forgets when a fifth of the entries is useless, so that the cost of a packet does not grow with their number. */
  #compact(now: number): void {
    const { size } = this.#packets;
    if (size < this.#mark) return;
    const useful = size - this.#useless(now).size;
    // If less is useless yet, or if the store cannot be written, check again after as many packets.
    this.#mark = withSlack(Math.max(this.#kept, size));
    if (size < withSlack(useful)) return;
    try {
      this.forget(now);
      this.#mark = withSlack(useful);
    } catch {
      // The store only stays longer than necessary; nothing is lost.
    }
  }

  /** Writes all missing entries in one call to the store: all or none. */
  #writeMissing(store: ReplayStore, content: ReplayFileContent): void {
    const there = new Set(content.entries.map(formatReplayEntry));
    const missing = Array.from(this.#packets.values(), formatReplayEntry)
      .filter((lines) => !there.has(lines));
    const horizon = this.#horizon > content.horizon ? formatHorizon(this.#horizon) : "";
    if (missing.length > 0 || horizon !== "") store.append(horizon + missing.join(""));
  }
}

/** The number of packets plus a quarter. */
function withSlack(packets: number): number {
  return Math.ceil(packets * 1.25);
}

/**
 * The latest time that the packet of this entry can have. The C daemon does not record the time of the message; it
 * accepts packets that are ahead of its clock by at most the window.
 */
function latestTime({ time, message }: ReplayEntry, window: number): number {
  return message === undefined ? time + window : message.timestamp;
}
