/**
 * Keeping the beginning of what somebody writes.
 *
 * @module
 */

/** Collects streams up to a number of bytes together, and reads the rest away so that the writer never blocks. */
export class BoundedText {
  readonly #bytes: Uint8Array;
  #length = 0;
  #truncated = false;

  /** @param limit bytes to keep. */
  constructor(limit: number) {
    this.#bytes = new Uint8Array(limit);
  }

  /** Whether there was more. */
  get truncated(): boolean {
    return this.#truncated;
  }

  /** Begins to collect a stream. `done` resolves at its end and never rejects. */
  collect(stream: ReadableStream<Uint8Array>): {
    readonly done: Promise<void>;
    readonly cancel: () => void;
  } {
    const reader = stream.getReader();
    const read = async (): Promise<void> => {
      try {
        for (let part = await reader.read(); !part.done; part = await reader.read()) {
          this.#add(part.value);
        }
      } catch {
        // A stream that breaks has ended.
      }
    };
    return { done: read(), cancel: () => void reader.cancel().catch(() => {}) };
  }

  /** The lines collected so far; empty ones at the end are left out. */
  lines(): string[] {
    const text = new TextDecoder().decode(this.#bytes.subarray(0, this.#length)).trimEnd();
    return text === "" ? [] : text.split(/\r?\n/);
  }

  #add(bytes: Uint8Array): void {
    const room = this.#bytes.length - this.#length;
    if (bytes.length > room) this.#truncated = true;
    this.#bytes.set(bytes.subarray(0, room), this.#length);
    this.#length += Math.min(room, bytes.length);
  }
}
