/**
 * The replay file on disk, in the C daemon's format so that either daemon can take over from the other
 * (`docs/spec/server.md` 8).
 *
 * @module
 */
import { type ReplayCache, type ReplayStore } from "./replay_cache.ts";
import {
  formatReplayEntry,
  parseReplayEntry,
  REPLAY_FILE_HEADER,
  type ReplayEntry,
} from "./replay_entry.ts";

/** What was in the file. */
export interface ReplayFileContent {
  readonly entries: readonly ReplayEntry[];
  /** Numbers of lines, from 1, that hold neither an entry nor a comment. */
  readonly invalidLines: readonly number[];
}

/** Reads the text of a replay file. `#` and `;` start a comment line. */
export function parseReplayFile(text: string): ReplayFileContent {
  const entries: ReplayEntry[] = [];
  const invalidLines: number[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "" || line.startsWith("#") || line.startsWith(";")) continue;
    const entry = parseReplayEntry(line);
    if (entry === undefined) invalidLines.push(index + 1);
    else entries.push(entry);
  }
  return { entries, invalidLines };
}

/** A replay file kept open for appending. */
export class ReplayFile implements ReplayStore {
  readonly #file: Deno.FsFile;
  readonly #encoder = new TextEncoder();
  /** The last line was not written to its end: the disk was full. */
  #isTorn = false;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /**
   * Opens the file, made with mode 0600 and its header line when absent.
   *
   * @throws {Error} when it cannot be opened for reading and writing. The C daemon runs on without replay detection
   * then (`docs/spec/server.md` 16, row 9); we must not.
   */
  static open(path: string): { file: ReplayFile; content: ReplayFileContent } {
    const handle = Deno.openSync(path, { read: true, append: true, create: true, mode: 0o600 });
    const file = new ReplayFile(handle);
    try {
      if (!handle.statSync().isFile) throw new Error("not a regular file");
      const text = Deno.readTextFileSync(path);
      if (text === "") file.append(REPLAY_FILE_HEADER);
      // A line cut short by a crash must not swallow the next one.
      else if (!text.endsWith("\n")) file.append("\n");
      return { file, content: parseReplayFile(text) };
    } catch (error) {
      handle.close();
      throw error;
    }
  }

  /** Writes a line; after one that was cut short it begins with a newline, or both would be lost. */
  append(line: string): void {
    const bytes = this.#encoder.encode(this.#isTorn ? `\n${line}` : line);
    const written = this.#file.writeSync(bytes);
    this.#isTorn = written !== bytes.length;
    if (this.#isTorn) throw new Error(`Only ${written} of ${bytes.length} bytes written`);
  }

  close(): void {
    this.#file.close();
  }
}

/**
 * Rewrites the file with what the cache still remembers: the C daemon never removes a line, so the file grows for ever
 * (`docs/spec/server.md` 16, row 28). Written beside it and renamed over it, so that a crash loses nothing.
 */
export function compactReplayFile(path: string, cache: ReplayCache): void {
  const lines = Array.from(cache.entries(), formatReplayEntry);
  replacePrivately(path, REPLAY_FILE_HEADER + lines.join(""));
}

/** Replaces a file in one step, with mode 0600 from its first byte on. A link in the way is not followed. */
export function replacePrivately(path: string, text: string): void {
  const temporary = `${path}.new`;
  try {
    Deno.removeSync(temporary);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  Deno.writeTextFileSync(temporary, text, { createNew: true, mode: 0o600 });
  Deno.renameSync(temporary, path);
}
