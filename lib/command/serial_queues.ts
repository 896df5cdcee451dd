/**
 * Queues of jobs: the jobs of one queue run one after the other, different queues at the same time.
 *
 * @module
 */

/** Serial queues by name. Jobs of one queue run in order, never two at once. Queues do not wait for each other. */
export class SerialQueues {
  readonly #ends = new Map<string, Promise<unknown>>();
  #length = 0;

  /** Number of jobs that run or wait. */
  get length(): number {
    return this.#length;
  }

  /** Adds a job to the end of a queue. Settles as the job does. */
  run<T>(queue: string, job: () => Promise<T>): Promise<T> {
    this.#length++;
    const before = this.#ends.get(queue) ?? Promise.resolve();
    const ended = before.then(job).finally(() => this.#length--);
    const end = ended.then(() => {}, () => {}).then(() => {
      if (this.#ends.get(queue) === end) this.#ends.delete(queue);
    });
    this.#ends.set(queue, end);
    return ended;
  }

  /** Resolves when all jobs that were added so far have ended. */
  async settle(): Promise<void> {
    await Promise.all(this.#ends.values());
  }
}
