/**
 * The loop behind every capture that reads from descriptors: it sleeps until packets are there, takes
 * them in batches, and lets the rest of the program breathe in between.
 *
 * @module
 */
import { ReadinessSet } from "../../ffi/readiness.ts";

/** Something with a descriptor to wait for and packets to take. */
export interface PacketSource {
  readonly descriptor: number;
  /**
   * Hands at most `limit` packets to their receiver, without waiting.
   *
   * @returns how many packets there were; fewer than `limit` means that none is left.
   * @throws {Error} when the source is broken for good: the engine stops.
   */
  drain(limit: number): number;
}

/** Packets taken before other work gets its turn: about 3 ms of junk at one stanza. */
const BATCH = 256;
/** A wake-up after less sleep than this is a dense one, milliseconds. */
const DENSE = 2;
/** Dense wake-ups in a row before the engine starts to collect. */
const DENSE_ENOUGH = 8;
/** How long it then lets packets gather, milliseconds. */
const GATHER = 2;

/**
 * Waking the event loop costs 40 to 100 µs of CPU, a packet far less. So when wake-ups come densely
 * the engine waits {@link GATHER} before it looks again, which halves the cost at 2,000 packets a
 * second and quarters it at 10,000, for at most 2 ms of delay. An idle engine costs nothing.
 */
export class Engine {
  readonly #ready = new ReadinessSet();
  #sources: readonly PacketSource[] = [];
  #closed = false;
  #endGathering: (() => void) | undefined;

  /** Adds a source; may be called while the engine runs. */
  add(source: PacketSource): void {
    this.#set([...this.#sources, source]);
  }

  /** Takes a source out; its descriptor may be closed after that. */
  remove(source: PacketSource): void {
    this.#set(this.#sources.filter((other) => other !== source));
  }

  /**
   * Runs until {@link close}.
   *
   * @throws {Error} what a source threw.
   */
  async run(): Promise<void> {
    try {
      await this.#loop();
    } finally {
      this.close();
    }
  }

  /** Ends {@link run} soon, from wherever it is. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ready.close();
    this.#endGathering?.();
  }

  #set(sources: readonly PacketSource[]): void {
    this.#sources = sources;
    this.#ready.watch(sources.map((source) => source.descriptor));
  }

  async #loop(): Promise<void> {
    let dense = 0;
    while (!this.#closed) {
      const asleep = performance.now();
      const ready = await this.#ready.wait();
      dense = performance.now() - asleep < DENSE ? dense + 1 : 0;
      // A batch cut short goes on at once: its descriptor is still readable.
      const isBacklogged = this.#drainAll(ready);
      if (dense >= DENSE_ENOUGH && !isBacklogged && !this.#closed) await this.#gather();
    }
  }

  /** Takes a batch from each ready source; tells whether one has more. */
  #drainAll(ready: readonly number[]): boolean {
    let isBacklogged = false;
    for (const source of this.#sources) {
      if (this.#closed || !ready.includes(source.descriptor)) continue;
      if (source.drain(BATCH) >= BATCH) isBacklogged = true;
    }
    return isBacklogged;
  }

  async #gather(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, GATHER);
      this.#endGathering = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#endGathering = undefined;
  }
}
