/**
 * The replay file on disk, in the C daemon's format, so that each daemon can continue the other's file
 * (`docs/spec/server.md` 8).
 *
 * @module
 */
import { replaceFile } from "../files/replace_file.ts";
import { examineStateFile, folderOf } from "../config/state_file.ts";
import { fileText, foreignEncoding } from "../files/file_text.ts";
import { HintedError } from "../errors/hinted_error.ts";
import { reasonOf } from "../errors/reason.ts";
import { ifThere } from "../files/if_there.ts";
import type { OpenedStore, ReplayStore } from "./replay_cache.ts";
import { REPLAY_FILE_HEADER } from "./replay_entry.ts";
import { parseReplayFile } from "./replay_file_text.ts";

/** The file and its content. */
export interface OpenedReplayFile extends OpenedStore {
  readonly store: ReplayFile;
  /** The C daemon's warnings about a file that is not private. */
  readonly warnings: readonly string[];
}

/** A replay file that is open for appending. */
export class ReplayFile implements ReplayStore {
  /** As in the settings; it may contain symbolic links. */
  readonly #path: string;
  #file: Deno.FsFile;
  /** Identifies the open file. */
  #info: Deno.FileInfo;
  /** The least length in bytes, known from opening and writing. */
  #length: number;
  readonly #encoder = new TextEncoder();
  /** Whether the last write was cut short, for example by a full disk. */
  #isTorn = false;

  private constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.#file = file;
    this.#info = file.statSync();
    this.#length = this.#info.size;
  }

  /**
   * Opens the file. If it is missing, creates it with mode 0600 and the header line.
   *
   * @throws {Error} if it cannot be opened for reading and writing, or if another user could change it. The C daemon
   * goes on without replay detection, or with that file (`docs/spec/server.md` 16, row 9); this daemon must not.
   */
  static open(path: string): OpenedReplayFile {
    examineStateFile(path, "DIGEST_FILE");
    const handle = openOrMake(path);
    const store = new ReplayFile(path, handle);
    try {
      const warnings = examineStateFile(path, "DIGEST_FILE", store.#info);
      const text = readReplayText(path);
      if (text === "") store.append(REPLAY_FILE_HEADER);
      // A crash may have cut the last line short; the next line must not continue it.
      else if (!text.endsWith("\n")) store.append("\n");
      return { store, content: parseReplayFile(text), warnings };
    } catch (error) {
      handle.close();
      throw error;
    }
  }

  /**
   * This file, if it is the one at the path and nothing else has written to it since. It is then not read again: at a
   * busy server it holds thousands of lines that the memory holds too.
   */
  held(path: string): OpenedReplayFile | undefined {
    const there = ifThere(() => Deno.statSync(path));
    if (path !== this.#path || !this.#isSame(there) || there?.size !== this.#length) {
      return undefined;
    }
    return {
      store: this,
      content: undefined,
      warnings: examineStateFile(path, "DIGEST_FILE", there),
    };
  }

  /** Appends lines. After a write that was cut short, a newline comes first; otherwise both lines would be lost. */
  append(lines: string): void {
    const bytes = this.#encoder.encode(this.#isTorn ? `\n${lines}` : lines);
    const written = this.#file.writeSync(bytes);
    this.#length += written;
    this.#isTorn = written !== bytes.length;
    if (this.#isTorn) throw new Error(`Only ${written} of ${bytes.length} bytes written`);
  }

  replace(text: string): void {
    const before = this.#file;
    // If the path is a symbolic link of the administrator, keep the link.
    this.#file = replaceFile(Deno.realPathSync(this.#path), text, { writers: "one" });
    this.#info = this.#file.statSync();
    this.#length = this.#info.size;
    this.#isTorn = false;
    before.close();
  }

  reopen(): OpenedReplayFile | undefined {
    const there = ifThere(() => Deno.statSync(this.#path));
    // A log rotation may have truncated the file in place; then its lines are lost too.
    if (this.#isSame(there) && (there?.size ?? 0) >= this.#length) return undefined;
    // The run folder may be missing too.
    Deno.mkdirSync(folderOf(this.#path), { recursive: true, mode: 0o700 });
    return ReplayFile.open(this.#path);
  }

  close(): void {
    this.#file.close();
  }

  #isSame(info: Deno.FileInfo | undefined): boolean {
    return info !== undefined && info.dev === this.#info.dev && info.ino === this.#info.ino;
  }
}

/**
 * Opens the file for a server.
 *
 * @param before the store of the running server; absent at a start.
 * @returns with no content if `before` is this file, unchanged.
 * @throws {HintedError} if the file cannot be read and written, or if another user could change it. Packets could then
 * be replayed after a restart, so the server does not start (`docs/spec/server.md` 16, row 9).
 */
export function openReplayFile(path: string, before?: ReplayStore): OpenedReplayFile {
  try {
    const held = before instanceof ReplayFile ? before.held(path) : undefined;
    return held ?? ReplayFile.open(path);
  } catch (error) {
    if (error instanceof HintedError) throw error;
    throw new HintedError(`Cannot use the replay file ${path}: ${reasonOf(error)}`, {
      hint:
        "Packets could be replayed after a restart: make it writable, or name another with DIGEST_FILE",
      cause: error,
    });
  }
}

/**
 * The text of the file.
 *
 * @throws {HintedError} if the file has another encoding, in which no entry could be read: every packet would count
 * again. Also throws the system's errors.
 */
export function readReplayText(path: string): string {
  const bytes = Deno.readFileSync(path);
  const foreign = foreignEncoding(bytes, path);
  if (foreign !== undefined) throw new HintedError(foreign.text, { hint: foreign.hint });
  return fileText(bytes);
}

function openOrMake(path: string): Deno.FsFile {
  const there = ifThere(() => Deno.openSync(path, { read: true, append: true }));
  if (there !== undefined) return there;
  // With `createNew`, a file or a symbolic link that another user creates at this moment is not opened.
  return Deno.openSync(path, { read: true, append: true, createNew: true, mode: 0o600 });
}
