/**
 * Reads lines from a file descriptor, for keys that a script passes.
 *
 * @module
 */

import { Problem } from "./problem.ts";

/** Longest line that is read, in bytes; a key is shorter. */
const MAX_LINE_LENGTH = 1024;
const LINE_FEED = 0x0a;

/**
 * Reads one line after the other, one byte at a time. So it leaves what follows a line to the next reader, and both
 * keys can come from one descriptor. The C client cannot do that.
 */
export class DescriptorLines {
  readonly #files = new Map<number, Deno.FsFile>();

  /** The next line without its line feed, or `undefined` at the end. */
  async readLine(descriptor: number): Promise<Uint8Array | undefined | Problem> {
    const source = await this.#open(descriptor);
    if (source === undefined) {
      return new Problem(`descriptor ${descriptor} is not open`, {
        hint: `for example: fwknop knock --fd ${descriptor} … ${descriptor}< FILE`,
        reference:
          "getpasswd() - Unable to create a stream from the file descriptor : Bad file descriptor\n" +
          "[*] getpasswd() key error.",
      });
    }
    const line: number[] = [];
    const byte = new Uint8Array(1);
    while (line.length < MAX_LINE_LENGTH) {
      const count = await source.read(byte);
      if (count !== 1) return line.length === 0 ? undefined : Uint8Array.from(line);
      if (byte[0] === LINE_FEED) break;
      line.push(byte[0] ?? 0);
    }
    return Uint8Array.from(line);
  }

  /** Closes the descriptors. */
  close(): void {
    for (const file of this.#files.values()) file.close();
    this.#files.clear();
  }

  async #open(
    descriptor: number,
  ): Promise<{ read(bytes: Uint8Array): Promise<number | null> } | undefined> {
    if (descriptor === 0) return Deno.stdin;
    const known = this.#files.get(descriptor);
    if (known !== undefined) return known;
    try {
      // Deno cannot wrap a descriptor number. The system has a file for each descriptor of the process.
      const file = await Deno.open(`/dev/fd/${descriptor}`);
      this.#files.set(descriptor, file);
      return file;
    } catch {
      return undefined;
    }
  }
}
