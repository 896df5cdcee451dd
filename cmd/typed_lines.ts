/**
 * The lines that a person types on the terminal.
 *
 * @module
 */
import { forEachLine } from "../lib/exec/lines.ts";

/** Reads standard input while the program does other things. */
export class TypedLines {
  readonly #waiting: ((line: string | undefined) => void)[] = [];
  readonly #lines: string[] = [];
  #ended = false;

  constructor(input: ReadableStream<Uint8Array> = Deno.stdin.readable) {
    const { done } = forEachLine(input, (line) => this.#take(line));
    void done.then(() => {
      this.#ended = true;
      for (const give of this.#waiting.splice(0)) give(undefined);
    });
  }

  /** The next line; `undefined` at the end of the input. */
  next(): Promise<string | undefined> {
    const line = this.#lines.shift();
    if (line !== undefined || this.#ended) return Promise.resolve(line);
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    this.#waiting.push(resolve);
    return promise;
  }

  /** The next line, if one was typed already. */
  typed(): string | undefined {
    return this.#lines.shift();
  }

  #take(line: string): void {
    const give = this.#waiting.shift();
    if (give === undefined) this.#lines.push(line);
    else give(line);
  }
}
