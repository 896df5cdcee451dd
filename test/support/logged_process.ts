/**
 * A child process whose lines are kept, and can be waited for.
 *
 * @module
 */
import { lineReader } from "./line_reader.ts";

/** Lines quoted when the one waited for does not come. */
const MOST_LINES = 40;

/** Everything a child said on both streams, in the order it came. */
export class LoggedProcess {
  readonly lines: string[] = [];
  /** Called with each line as it comes. */
  onLine: (line: string) => void = () => {};
  readonly #child: Deno.ChildProcess;
  readonly #ended: Promise<Deno.CommandStatus>;
  #running = true;
  #wake: () => void = () => {};

  /** @param child spawned with both streams piped. */
  constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#ended = Promise.all([child.status, this.#read(child.stdout), this.#read(child.stderr)])
      .then(([status]) => {
        this.#running = false;
        this.#wake();
        return status;
      });
  }

  /**
   * The first line from number `from` on that matches, as soon as there is one.
   *
   * @throws {Error} with its last lines, when the child ends or `seconds` pass without it.
   */
  async line(pattern: RegExp, { from = 0, seconds = 10 } = {}): Promise<string> {
    const deadline = performance.now() + seconds * 1000;
    for (let index = from;;) {
      for (; index < this.lines.length; index++) {
        const line = this.lines[index] ?? "";
        if (pattern.test(line)) return line;
      }
      const left = deadline - performance.now();
      if (!this.#running || left <= 0) {
        const why = this.#running ? `Waited ${seconds} s in vain for` : "It ended without saying";
        const said = this.lines.slice(-MOST_LINES).join("\n");
        throw new Error(`${why} ${pattern}. Its last lines:\n${said}`);
      }
      await this.#change(left);
    }
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Whether it has not ended, or not said everything. */
  get isRunning(): boolean {
    return this.#running;
  }

  /** Sends a signal. */
  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Ends it with a signal, if it still runs, and waits until it is gone. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<Deno.CommandStatus> {
    try {
      this.#child.kill(signal);
    } catch {
      // It ended by itself.
    }
    return await this.#ended;
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const next = lineReader(stream);
    for (let line = await next(); line !== undefined; line = await next()) {
      this.lines.push(line);
      this.onLine(line);
      this.#wake();
    }
  }

  async #change(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = setTimeout(resolve, milliseconds);
    await promise;
    clearTimeout(timer);
  }
}
