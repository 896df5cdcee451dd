/**
 * Work put off until what runs now is done.
 *
 * @module
 */

/** Does in order what was put off, as soon as nothing else runs, or when it is told to. */
export class Deferred {
  #work: (() => void)[] = [];

  /** Puts work off. It must not throw: nobody is there to catch it, so the process would end. */
  add(work: () => void): void {
    if (this.#work.push(work) === 1) queueMicrotask(() => this.flush());
  }

  /** Does now what was put off, and what that adds. */
  flush(): void {
    while (this.#work.length > 0) {
      const work = this.#work;
      this.#work = [];
      for (const one of work) one();
    }
  }
}
