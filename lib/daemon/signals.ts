/**
 * Handles the signals of the process.
 *
 * @module
 */
import { prepareToIgnoreUsr1 } from "../../ffi/ignored_signal.ts";

/** Handlers by signal, for as long as the object lives. */
export class Signals implements Disposable {
  /** The last signal that came, or `undefined`. */
  last: Deno.Signal | undefined;
  readonly #handlers: (readonly [Deno.Signal, () => void])[] = [];
  readonly #came = new Set<Deno.Signal>();
  readonly #running = new Map<Deno.Signal, Promise<void>>();

  /**
   * Holds back signals that would end the process, until {@link on} sets their handler. A signal that came before is
   * handled then.
   */
  hold(signals: readonly Deno.Signal[]): void {
    for (const signal of signals) this.#listen(signal, () => this.#came.add(signal));
  }

  /**
   * Runs the handler at the signal, one run at a time. One waiting run handles all signals that come before it starts.
   */
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

/** The runtime begins to listen half a second after its start, or later when it is busy. */
const LISTENING = 5000;
const INTERVAL = 50;

/**
 * From 2.9.2 on `deno run` answers SIGUSR1 by opening its debugger on a port of the loopback, where every user of the
 * host could run code as the daemon. The signal is ignored instead, as the C daemon ignores it: now, and again and
 * again until the runtime has begun to listen. Disposing of the result leaves it ignored.
 */
export function ignoreDebuggerSignal(): Disposable {
  const ignore = prepareToIgnoreUsr1();
  ignore();
  const repetition = setInterval(ignore, INTERVAL);
  const end = setTimeout(() => clearInterval(repetition), LISTENING);
  return {
    [Symbol.dispose]: () => {
      clearInterval(repetition);
      clearTimeout(end);
    },
  };
}
