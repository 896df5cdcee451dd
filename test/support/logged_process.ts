/**
 * A child process whose lines are kept, and for which a test can wait.
 *
 * @module
 */
import { lineReader } from "./line_reader.ts";

/** Number of lines quoted when an expected line does not come. */
const MOST_LINES = 40;

/** All lines of a child on both streams, in order of arrival. */
export class LoggedProcess {
  readonly lines: string[] = [];
  /** Called with each line when it arrives. */
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
   * The first matching line from number `from` on, as soon as it arrives.
   *
   * @throws {Error} with the last lines, when the child ends or `seconds` pass without a match.
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
        const why = this.#running ? `Waited ${seconds} s without` : "The child ended without";
        const said = this.lines.slice(-MOST_LINES).join("\n");
        throw new Error(`${why} ${pattern}. Its last lines:\n${said}`);
      }
      await this.#change(left);
    }
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Whether the child is running, or lines of it are still unread. */
  get isRunning(): boolean {
    return this.#running;
  }

  /** Sends a signal to the child. */
  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Ends the child with a signal, if it still runs, and waits until it has ended. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<Deno.CommandStatus> {
    try {
      this.#child.kill(signal);
    } catch {
      // It has already ended.
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
