/**
 * Signals of the process, listened to for as long as the object lives.
 *
 * @module
 */

/** Handlers by signal. */
export class Signals implements Disposable {
  /** The last signal that came, or `undefined`. */
  last: Deno.Signal | undefined;
  readonly #handlers: (readonly [Deno.Signal, () => void])[] = [];
  readonly #came = new Set<Deno.Signal>();
  readonly #running = new Map<Deno.Signal, Promise<void>>();

  /**
   * Keeps signals, whose default is to end the process, until {@link on} says what is to be done. One that came by then
   * is handled at once.
   */
  hold(signals: readonly Deno.Signal[]): void {
    for (const signal of signals) this.#listen(signal, () => this.#came.add(signal));
  }

  /** Runs the handler when the signal comes, one run after the other; for what comes while a run waits, that one does. */
  on(signal: Deno.Signal, handler: () => void | Promise<void>): void {
    let isWaiting = false;
    const listener = (): void => {
      this.last = signal;
      if (isWaiting) return;
      isWaiting = true;
      const before = this.#running.get(signal) ?? Promise.resolve();
      const run = before.then(() => {
        isWaiting = false;
        return handler();
      });
      this.#running.set(signal, run);
    };
    this.#listen(signal, listener);
    if (this.#came.has(signal)) listener();
  }

  /** Resolves when no handler runs or waits. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#running.values());
  }

  #listen(signal: Deno.Signal, listener: () => void): void {
    Deno.addSignalListener(signal, listener);
    this.#handlers.push([signal, listener]);
  }

  [Symbol.dispose](): void {
    for (const [signal, listener] of this.#handlers) Deno.removeSignalListener(signal, listener);
  }
}
