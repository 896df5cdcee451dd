/**
 * Which packets were accepted before: the memory that makes a captured packet worthless.
 *
 * @module
 */
import { formatReplayEntry, type ReplayEntry, type SeenMessage } from "./replay_entry.ts";
import { formatHorizon, formatReplayFile, type ReplayFileContent } from "./replay_file_text.ts";

/** Where entries are kept beyond the life of the process. */
export interface ReplayStore {
  /** Writes the lines at once. @throws when they cannot be written: the packet must then be refused. */
  append(lines: string): void;
  /** Puts another text in the place of the whole, in one step. @throws when that fails; the text is as it was then. */
  replace(text: string): void;
  /**
   * Another program took the file away, or put one in its place: opens what is there now, or makes it.
   *
   * @returns `undefined` where nothing of that kind happened.
   * @throws when it cannot be opened.
   */
  reopen(): OpenedStore | undefined;
  close(): void;
}

/** A store, and what it held when it was opened. */
export interface OpenedStore {
  readonly store: ReplayStore;
  readonly content: ReplayFileContent;
}

/** What of the settings the memory follows. */
export interface ReplaySettings {
  /** Largest age of a packet in seconds; `undefined` when ages are not checked. */
  readonly window: number | undefined;
  /** `undefined` keeps entries in memory only (test mode, or persistence switched off). */
  readonly opened?: OpenedStore | undefined;
}

/**
 * Packets that are too old by the clock are remembered all the same while there are no more of them than this: a clock
 * that was ahead is set right again, and then they matter.
 */
const KEPT = 5000;

/** Packets not worth remembering that are known again when they are sent again, the newest ones. */
const KNOWN_AGAIN = 1000;

/**
 * Packets accepted so far, one memory for the life of the process. Look-ups take constant time. What is remembered is
 * also what stands in the store.
 *
 * A packet is forgotten only when it is too old to be accepted, and many newer ones are there. Clocks are set forward
 * and back, and windows change, so that it may become young again: the memory knows the latest time of all that it
 * forgot, the *horizon*, and so does the store. A packet up to the horizon opens nothing, since nothing can say that it
 * is new. So no packet counts twice, whatever the clock does (`docs/spec/server.md` 16, row 28); and as the horizon lies
 * thousands of packets back, a clock that is set right keeps no new packet out.
 */
export class ReplayCache {
  readonly #packets = new Map<string, ReplayEntry>();
  readonly #messages = new Map<string, ReplayEntry>();
  /** What is not worth remembering: it opens nothing, and its copies are worth neither gpg nor a line. */
  readonly #unkept = new Map<string, ReplayEntry>();
  /**
   * Digests of packets whose time was so far ahead that they were refused. Their time may be years away, so only as many
   * as {@link KEPT} are remembered: the holder of one key must not fill the memory with them.
   */
  readonly #early = new Set<string>();
  readonly #kept: number;
  #window: number | undefined;
  #store: ReplayStore | undefined;
  #horizon = -Infinity;
  /** How many packets there must be before it is worth a look whether some can be forgotten. */
  #mark: number;

  /** @param options.kept packets that are never forgotten, the newest ones; for tests. */
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

  /** The packet that had this text before, if there was one. */
  lookup(digest: string): ReplayEntry | undefined {
    return this.#packets.get(digest) ?? this.#unkept.get(digest);
  }

  /** The packet that had this message before, in whatever text. */
  lookupMessage({ digest }: SeenMessage): ReplayEntry | undefined {
    return this.#messages.get(digest);
  }

  /** Whether a packet of that time may have been accepted and forgotten. */
  mayHaveForgotten(timestamp: number): boolean {
    return timestamp <= this.#horizon;
  }

  /** Whether a packet with that text, once {@link add} took it, was worth remembering. One that was not opens nothing. */
  holds(digest: string): boolean {
    return this.#packets.has(digest);
  }

  /**
   * Test-and-set: remembers the packet and writes it to the store, unless its time says that it opens nothing. Returns
   * `false`, changing nothing, when its text or its message was there already.
   *
   * @throws whatever the store throws; nothing is remembered then.
   */
  add(entry: ReplayEntry): boolean {
    const { digest, time, message } = entry;
    this.restore(time);
    if (this.lookup(digest) !== undefined) return false;
    if (message !== undefined) {
      if (this.#messages.has(message.digest)) return false;
      // A stock of packets that open nothing must not fill the memory.
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
   * Goes on with other settings. What the store holds is remembered from now on, and what only the memory holds is
   * written to it. The store before is closed. Nothing runs in between, so that no packet falls between two stores.
   *
   * @param now seconds since 1970 UTC.
   * @throws whatever the new store throws; then nothing has changed, and the new store is still the caller's.
   */
  configure({ window, opened }: ReplaySettings, now: number): void {
    if (opened !== undefined) this.#writeMissing(opened);
    this.#store?.close();
    this.#store = opened?.store;
    this.#window = window;
    if (opened !== undefined) this.load(opened.content);
    this.#compact(now);
  }

  /** Remembers what a store holds, without a store: to look at it. */
  load({ entries, horizon }: ReplayFileContent): void {
    this.#horizon = Math.max(this.#horizon, horizon);
    for (const entry of entries) this.#put(entry);
  }

  /**
   * Opens the store again, or makes it, and writes what is remembered, if another program took its file away.
   *
   * @param now seconds since 1970 UTC.
   * @returns whether one did.
   * @throws when it cannot be written.
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
   * Forgets what is of no use, here and in the store.
   *
   * @param now seconds since 1970 UTC.
   * @throws when the store cannot be written; nothing is forgotten then.
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

  /** All of it, as the text of a file. */
  text(): string {
    return formatReplayFile(this.#packets.values(), this.#horizon);
  }

  /** Every entry remembered, oldest first. */
  entries(): Iterable<ReplayEntry> {
    return this.#packets.values();
  }

  /** Ends the store's life. */
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

  /** Whether the packet came with a time too far ahead to be accepted. */
  #isEarly({ time, message }: ReplayEntry): boolean {
    return message !== undefined && message.timestamp > time + (this.#window ?? Infinity);
  }

  #noteUnkept(entry: ReplayEntry): void {
    this.#unkept.set(entry.digest, entry);
    const [oldest = ""] = this.#unkept.keys();
    if (this.#unkept.size > KNOWN_AGAIN) this.#unkept.delete(oldest);
  }

  /** What cannot be accepted by the clock, but for the newest ones. */
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

  /** Forgets once a fifth of what is remembered is of no use: a packet costs the same however many there are. */
  #compact(now: number): void {
    const { size } = this.#packets;
    if (size < this.#mark) return;
    const useful = size - this.#useless(now).size;
    // Where less is of no use yet, or the store cannot be written: the next look is after as many packets.
    this.#mark = withSlack(Math.max(this.#kept, size));
    if (size < withSlack(useful)) return;
    try {
      this.forget(now);
      this.#mark = withSlack(useful);
    } catch {
      // Nothing is lost by a store that is longer than it should be.
    }
  }

  /** All or nothing: one call to the store. */
  #writeMissing({ store, content }: OpenedStore): void {
    const there = new Set(content.entries.map(formatReplayEntry));
    const missing = Array.from(this.#packets.values(), formatReplayEntry)
      .filter((lines) => !there.has(lines));
    const horizon = this.#horizon > content.horizon ? formatHorizon(this.#horizon) : "";
    if (missing.length > 0 || horizon !== "") store.append(horizon + missing.join(""));
  }
}

/** So many packets, and a quarter more. */
function withSlack(packets: number): number {
  return Math.ceil(packets * 1.25);
}

/**
 * The latest time that an accepted packet with this entry can have. The C daemon does not write it down; it takes
 * packets that are ahead of its clock by no more than the window.
 */
function latestTime({ time, message }: ReplayEntry, window: number): number {
  return message === undefined ? time + window : message.timestamp;
}
