/**
 * Several captures as one.
 *
 * @module
 */
import type { Capture, CaptureStatistics, Receive } from "./datagram.ts";

/** Runs captures at the same time. The first one that fails ends all. */
export class SeveralCaptures implements Capture {
  readonly description: string;
  readonly #captures: readonly Capture[];

  /** @param captures at least one. */
  constructor(captures: readonly Capture[]) {
    this.#captures = captures;
    this.description = captures.map(({ description }) => description).join(", ");
  }

  /** Resolves when all have ended. After a failure, closes all and rejects with the first failure. */
  async run(receive: Receive): Promise<void> {
    const results = await Promise.allSettled(this.#captures.map(async (capture) => {
      try {
        await capture.run(receive);
      } catch (error) {
        void this.close();
        throw error;
      }
    }));
    for (const result of results) if (result.status === "rejected") throw result.reason;
  }

  /** Sums over all. */
  statistics(): CaptureStatistics {
    let [received, dropped, refused] = [0, 0, 0];
    for (const capture of this.#captures) {
      const counts = capture.statistics();
      received += counts.received;
      dropped += counts.dropped;
      refused += counts.refused;
    }
    return { received, dropped, refused };
  }

  /** Closes all. */
  async close(): Promise<void> {
    await Promise.all(this.#captures.map((capture) => capture.close()));
  }
}
