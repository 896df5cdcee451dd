/**
 * The replay file on disk, in the C daemon's format so that either daemon can take over from the other
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
import { parseReplayFile, type ReplayFileContent } from "./replay_file_text.ts";

/** The file, and what was in it. */
export interface OpenedReplayFile extends OpenedStore {
  readonly store: ReplayFile;
  readonly content: ReplayFileContent;
  /** What the C daemon says of a file that is not private. */
  readonly warnings: readonly string[];
}

/** A replay file that is open for appending. */
export class ReplayFile implements ReplayStore {
  /** As the settings name it; links may lie on the way. */
  readonly #path: string;
  #file: Deno.FsFile;
  /** Of the file that is open, to know it again. */
  #info: Deno.FileInfo;
  /** Bytes that were there at least, when it was opened or written to. */
  #length: number;
  readonly #encoder = new TextEncoder();
  /** The last line was not written to its end: the disk was full. */
  #isTorn = false;

  private constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.#file = file;
    this.#info = file.statSync();
    this.#length = this.#info.size;
  }

  /**
   * Opens the file, made with mode 0600 and its header line when absent.
   *
   * @throws {Error} when it cannot be opened for reading and writing, or when another user could change it. The C
   * daemon runs on without replay detection, or with that file (`docs/spec/server.md` 16, row 9); we must not.
   */
  static open(path: string): OpenedReplayFile {
    examineStateFile(path, "DIGEST_FILE");
    const handle = openOrMake(path);
    const store = new ReplayFile(path, handle);
    try {
      const warnings = examineStateFile(path, "DIGEST_FILE", store.#info);
      const text = readReplayText(path);
      if (text === "") store.append(REPLAY_FILE_HEADER);
      // A line cut short by a crash must not swallow the next one.
      else if (!text.endsWith("\n")) store.append("\n");
      return { store, content: parseReplayFile(text), warnings };
    } catch (error) {
      handle.close();
      throw error;
    }
  }

  /** Writes lines; after one that was cut short they begin with a newline, or both would be lost. */
  append(lines: string): void {
    const bytes = this.#encoder.encode(this.#isTorn ? `\n${lines}` : lines);
    const written = this.#file.writeSync(bytes);
    this.#length += written;
    this.#isTorn = written !== bytes.length;
    if (this.#isTorn) throw new Error(`Only ${written} of ${bytes.length} bytes written`);
  }

  replace(text: string): void {
    const before = this.#file;
    // Where the path is a link of the administrator, the link stays.
    this.#file = replaceFile(Deno.realPathSync(this.#path), text, { writers: "one" });
    this.#info = this.#file.statSync();
    this.#length = this.#info.size;
    this.#isTorn = false;
    before.close();
  }

  reopen(): OpenedReplayFile | undefined {
    const there = ifThere(() => Deno.statSync(this.#path));
    const { dev, ino } = this.#info;
    const isOurs = there !== undefined && there.dev === dev && there.ino === ino;
    // One that was emptied in its place, as by a program that rotates logs, has lost its lines too.
    if (isOurs && there.size >= this.#length) return undefined;
    // The run folder may have gone with it.
    Deno.mkdirSync(folderOf(this.#path), { recursive: true, mode: 0o700 });
    return ReplayFile.open(this.#path);
  }

  close(): void {
    this.#file.close();
  }
}

/**
 * Opens the file for a server. Neither its text nor the memory of the server changes.
 *
 * @throws {HintedError} when the file cannot be read and written, or others could change it: packets could be replayed
 * after a restart, so the server does not start (`docs/spec/server.md` 16, row 9).
 */
export function openReplayFile(path: string): OpenedReplayFile {
  try {
    return ReplayFile.open(path);
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
 * @throws {HintedError} for an encoding in which no entry could be read: every packet would count again. The system's
 * errors.
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
  // What another user puts there in this moment is not taken, and a link of that user not followed.
  return Deno.openSync(path, { read: true, append: true, createNew: true, mode: 0o600 });
}
