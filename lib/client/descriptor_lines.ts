/**
 * Lines of a file descriptor, for keys that a script passes in.
 *
 * @module
 */

import { Problem } from "./problem.ts";

/** Longest line kept; a key is shorter. */
const MAX_LINE_LENGTH = 1024;
const LINE_FEED = 0x0a;

/**
 * Reads lines one after the other, a byte at a time: what follows a line is left for the next reader, so that
 * both keys can come from one descriptor (which the C client cannot do).
 */
export class DescriptorLines {
  readonly #files = new Map<number, Deno.FsFile>();

  /** The next line without its end, or `undefined` when nothing is left. */
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

  /** Lets go of the descriptors. */
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
      // Deno has no way to wrap a number; the system has a file for each descriptor of the process.
      const file = await Deno.open(`/dev/fd/${descriptor}`);
      this.#files.set(descriptor, file);
      return file;
    } catch {
      return undefined;
    }
  }
}
