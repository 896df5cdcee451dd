/**
 * Keeps the beginning of a program's output.
 *
 * @module
 */

/** Collects streams up to a total number of bytes. The rest is read and discarded, so the writer never blocks. */
export class BoundedOutput {
  readonly #limit: number;
  readonly #parts: Uint8Array[] = [];
  readonly #onOverflow: () => void;
  #length = 0;
  #truncated = false;

  /**
   * @param limit bytes to keep.
   * @param onOverflow called once, when the limit is exceeded.
   */
  constructor(limit: number, onOverflow: () => void = () => {}) {
    this.#limit = limit;
    this.#onOverflow = onOverflow;
  }

  /** Whether the streams had more bytes than the limit. */
  get truncated(): boolean {
    return this.#truncated;
  }

  /** Begins to collect a stream. `done` resolves at its end and never rejects. */
  collect(stream: ReadableStream<Uint8Array>): StreamReading {
    const reader = stream.getReader();
    const read = async (): Promise<void> => {
      try {
        for (let part = await reader.read(); !part.done; part = await reader.read()) {
          this.#add(part.value);
        }
      } catch {
        // A stream that fails has ended.
      }
    };
    return { done: read(), cancel: () => void reader.cancel().catch(() => {}) };
  }

  /** The bytes collected so far. */
  bytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#length);
    let offset = 0;
    for (const part of this.#parts) {
      bytes.set(part, offset);
      offset += part.length;
    }
    return bytes;
  }

  #add(bytes: Uint8Array): void {
    const room = this.#limit - this.#length;
    if (room > 0) this.#parts.push(bytes.slice(0, room));
    this.#length += Math.min(room, bytes.length);
    if (bytes.length <= room || this.#truncated) return;
    this.#truncated = true;
    this.#onOverflow();
  }
}

/** A stream that is being read. */
export interface StreamReading {
  /** Resolves at the end of the stream or when it is cancelled; never rejects. */
  readonly done: Promise<void>;
  /** Stops reading the stream. */
  readonly cancel: () => void;
}

/** The lines of an output, without empty lines at the end. */
export function outputLines(bytes: Uint8Array): string[] {
  const text = new TextDecoder().decode(bytes).trimEnd();
  return text === "" ? [] : text.split(/\r?\n/);
}
