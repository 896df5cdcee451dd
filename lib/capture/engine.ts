/**
 * The loop of every capture that reads from descriptors: it sleeps until packets arrive, takes them in
 * batches, and lets other work run between the batches.
 *
 * @module
 */
import { ReadinessSet } from "../../ffi/readiness.ts";

/** A source with a descriptor to wait for and packets to take. */
export interface PacketSource {
  readonly descriptor: number;
  /**
   * Delivers at most `limit` packets to their receiver, without waiting.
   *
   * @returns the number of packets; fewer than `limit` means that no packet is left.
   * @throws {Error} when the source is broken permanently: the engine stops.
   */
  drain(limit: number): number;
}

/** Packets taken before other work runs: about 3 ms of junk at one stanza. */
const BATCH = 256;
/** A wake-up after less sleep than this is a quick one, in milliseconds. */
const QUICK_WAKE_UP = 2;
/** Quick wake-ups in a row after which the engine starts to coalesce packets. */
const COALESCE_AFTER = 8;
/** How long the engine then waits for more packets, in milliseconds. */
const COALESCE = 2;

/**
 * Waking the event loop costs 40 to 100 µs of CPU, far more than a packet. So when wake-ups follow each other quickly,
 * the engine looks every {@link COALESCE} milliseconds by a timer, which is cheaper than a thread that waits, until it
 * finds nothing. A packet is delayed by at most that time. An idle engine costs nothing.
 */
export class Engine {
  readonly #ready = new ReadinessSet();
  #sources: readonly PacketSource[] = [];
  #closed = false;
  #endCoalescing: (() => void) | undefined;

  /** Adds a source. Works while the engine runs. */
  add(source: PacketSource): void {
    this.#set([...this.#sources, source]);
  }

  /** Removes a source. Its descriptor may be closed after that. */
  remove(source: PacketSource): void {
    this.#set(this.#sources.filter((other) => other !== source));
  }

  /**
   * Runs until {@link close}.
   *
   * @throws {Error} the error that a source threw.
   */
  async run(): Promise<void> {
    try {
      await this.#loop();
    } finally {
      this.close();
    }
  }

  /** Ends {@link run} soon, from any context. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ready.close();
    this.#endCoalescing?.();
  }

  #set(sources: readonly PacketSource[]): void {
    this.#sources = sources;
    this.#ready.watch(sources.map((source) => source.descriptor));
  }

  async #loop(): Promise<void> {
    let quick = 0;
    while (!this.#closed) {
      const asleep = performance.now();
      const ready = await this.#ready.wait();
      quick = performance.now() - asleep < QUICK_WAKE_UP ? quick + 1 : 0;
      let taken = this.#drain(ready);
      // A source that has more packets goes on at once: its descriptor is still readable.
      while (quick >= COALESCE_AFTER && taken > 0 && taken < BATCH && !this.#closed) {
        await this.#coalesce();
        taken = this.#drain();
      }
    }
  }

  /**
   * Takes a batch from each source, or from each of the ready ones.
   *
   * @returns the largest number of packets that one source had.
   */
  #drain(ready?: readonly number[]): number {
    let most = 0;
    for (const source of this.#sources) {
      if (this.#closed || ready?.includes(source.descriptor) === false) continue;
      most = Math.max(most, source.drain(BATCH));
    }
    return most;
  }

  async #coalesce(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, COALESCE);
      this.#endCoalescing = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#endCoalescing = undefined;
  }
}
