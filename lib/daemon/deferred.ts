/**
 * Work that is deferred until the code that runs now is done.
 *
 * @module
 */

/** Does deferred work in order: as soon as no other code runs, or at {@link flush}. */
export class Deferred {
  #work: (() => void)[] = [];

  /** Defers work. It must not throw: it has no caller to catch that, so the process would end. */
  add(work: () => void): void {
    if (this.#work.push(work) === 1) queueMicrotask(() => this.flush());
  }

  /** Does the deferred work now, and all work that it adds. */
  flush(): void {
    while (this.#work.length > 0) {
      const work = this.#work;
      this.#work = [];
      for (const one of work) one();
    }
  }
}
