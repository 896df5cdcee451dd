/**
 * Edits a secret line: takes the bytes of a terminal and returns the line. A state machine without a terminal.
 *
 * @module
 */

/** The state after a byte. */
export type LineState = "typing" | "done" | "aborted";

const INTERRUPT = 0x03;
const END_OF_FILE = 0x04;
const BACKSPACE = 0x08;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const KILL = 0x15;
const ESCAPE = 0x1b;
const DELETE = 0x7f;

/** Longest line in bytes. Further bytes are dropped, as in the C client (`docs/spec/client.md` 7). */
export const MAX_LINE_LENGTH = 127;

/**
 * Collects a line. DEL and ^H erase the last character, with all its bytes in UTF-8. ^U erases the line. ^C aborts, and
 * so does an end of file before the first byte. Escape sequences of cursor keys are ignored.
 */
export class LineEditor {
  readonly #bytes: number[] = [];
  #state: LineState = "typing";
  #escape: "none" | "start" | "sequence" = "none";

  get state(): LineState {
    return this.#state;
  }

  /** Takes one byte. After the line is done, bytes are ignored. */
  type(byte: number): LineState {
    if (this.#state !== "typing" || this.#skipEscape(byte)) return this.#state;
    switch (byte) {
      case LINE_FEED:
      case CARRIAGE_RETURN:
        return this.#end("done");
      case END_OF_FILE:
        return this.#end(this.#bytes.length === 0 ? "aborted" : "done");
      case INTERRUPT:
        return this.#end("aborted");
      case BACKSPACE:
      case DELETE:
        this.#erase();
        break;
      case KILL:
        this.#bytes.fill(0);
        this.#bytes.length = 0;
        break;
      case ESCAPE:
        this.#escape = "start";
        break;
      default:
        if (this.#bytes.length < MAX_LINE_LENGTH) this.#bytes.push(byte);
    }
    return this.#state;
  }

  /** The line so far. After an abort it is empty. */
  line(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  #end(state: "done" | "aborted"): LineState {
    if (state === "aborted") {
      this.#bytes.fill(0);
      this.#bytes.length = 0;
    }
    return this.#state = state;
  }

  #erase(): void {
    // Continuation bytes of UTF-8 are 10xxxxxx.
    while (((this.#bytes.at(-1) ?? 0) & 0xc0) === 0x80) this.#bytes.pop();
    this.#bytes.pop();
  }

  /** Whether the byte belongs to a sequence such as `ESC [ D`. */
  #skipEscape(byte: number): boolean {
    if (this.#escape === "none") return false;
    if (this.#escape === "start") {
      this.#escape = byte === 0x5b || byte === 0x4f ? "sequence" : "none";
      return this.#escape === "sequence";
    }
    if (byte >= 0x40 && byte <= 0x7e) this.#escape = "none";
    return true;
  }
}
