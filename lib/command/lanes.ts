/**
 * One thing after the other, side by side with others.
 *
 * @module
 */

/** Queues by name: what is in one runs in order, never two at once; the queues do not wait for each other. */
export class Lanes {
  readonly #ends = new Map<string, Promise<unknown>>();
  #length = 0;

  /** How many jobs run or wait. */
  get length(): number {
    return this.#length;
  }

  /** Puts a job at the end of a queue; settles as the job does. */
  run<T>(lane: string, job: () => Promise<T>): Promise<T> {
    this.#length++;
    const before = this.#ends.get(lane) ?? Promise.resolve();
    const ended = before.then(job).finally(() => this.#length--);
    const end = ended.then(() => {}, () => {}).then(() => {
      if (this.#ends.get(lane) === end) this.#ends.delete(lane);
    });
    this.#ends.set(lane, end);
    return ended;
  }

  /** Resolves when everything put in so far has ended. */
  async settle(): Promise<void> {
    await Promise.all(this.#ends.values());
  }
}
