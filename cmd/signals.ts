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

  /** Runs the handler each time the signal comes, one run after the other. */
  on(signal: Deno.Signal, handler: () => void | Promise<void>): void {
    let running = Promise.resolve();
    const listener = (): void => {
      this.last = signal;
      running = running.then(handler);
    };
    Deno.addSignalListener(signal, listener);
    this.#handlers.push([signal, listener]);
  }

  [Symbol.dispose](): void {
    for (const [signal, listener] of this.#handlers) Deno.removeSignalListener(signal, listener);
  }
}
