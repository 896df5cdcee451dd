/**
 * A capture file as the packet source of a server.
 *
 * @module
 */
import type { Capture, CaptureStatistics, Notify, Receive } from "./datagram.ts";

/** The longest delay of a timer, in milliseconds. This timer only keeps the process alive. */
const LONGEST_WAIT = 2 ** 31 - 1;

/**
 * Delivers the packets of a file, logs that the file is at its end, and waits until it is closed. The end of a file does
 * not end the server (`docs/spec/server.md` 6.1), so grants live as long as they were granted.
 */
export class ReadThenWait implements Capture {
  readonly #file: Capture;
  readonly #path: string;
  readonly #notify: Notify;
  readonly #closed = Promise.withResolvers<void>();

  constructor(file: Capture, path: string, notify: Notify) {
    this.#file = file;
    this.#path = path;
    this.#notify = notify;
  }

  readonly isFile = true;

  get description(): string {
    return this.#file.description;
  }

  async run(receive: Receive): Promise<void> {
    let isClosed = false;
    const closed = this.#closed.promise.then(() => isClosed = true);
    await this.#file.run(receive);
    if (isClosed) return;
    this.#notify({ severity: "info", text: `end of ${this.#path}` });
    const timer = setInterval(() => {}, LONGEST_WAIT);
    await closed;
    clearInterval(timer);
  }

  statistics(): CaptureStatistics {
    return this.#file.statistics();
  }

  close(): void | Promise<void> {
    this.#closed.resolve();
    return this.#file.close();
  }
}
