/**
 * The PID file, and the lock on it that identifies the running daemon (`docs/spec/server.md` 13). The C daemon uses the
 * same file and lock, so each daemon sees the other as running.
 *
 * @module
 */
import { SystemError } from "../../ffi/libc.ts";
import { LockableFile } from "../../ffi/record_lock.ts";
import { examineStateFile } from "../config/state_file.ts";
import { HintedError } from "../errors/hinted_error.ts";
import { systemReasonOf } from "../errors/reason.ts";
import { codeOf, pathHint } from "./path_hint.ts";
import { unlockedDaemon } from "./unlocked_daemon.ts";

const VARIABLE = "FWKNOP_PID_FILE";

/** Another daemon holds the PID file. */
export class AlreadyRunning extends HintedError {
  /** @param pid of the running daemon; `undefined` if it ended in the meantime. */
  constructor(readonly pid: number | undefined, path: string) {
    super(`[*] An instance of fwknopd is already running: (PID=${pid ?? "unknown"}).`, {
      hint: `It holds the lock on ${path}: stop it, or name another file with ${VARIABLE}`,
    });
  }
}

/**
 * Refuses to start beside a daemon that runs, before anything is made or checked.
 *
 * @throws {AlreadyRunning}
 */
export function refuseSecondDaemon(path: string): void {
  const pid = runningDaemon(path);
  if (pid !== undefined) throw new AlreadyRunning(pid, path);
}

/**
 * The running daemon holds the file for its whole life. The file stays when the daemon ends, as with the C daemon. The
 * number in it means nothing without the lock.
 */
export class PidFile implements Disposable {
  /** The C daemon's warnings about a file that is not private. */
  readonly warnings: readonly string[];
  readonly #path: string;
  readonly #pid: number;
  #file: LockableFile;
  /** Device and inode of the locked file, to recognize it. */
  #info: Deno.FileInfo;

  private constructor(path: string, pid: number, file: LockableFile, warnings: readonly string[]) {
    this.#path = path;
    this.#pid = pid;
    this.#file = file;
    this.#info = Deno.statSync(path);
    this.warnings = warnings;
  }

  /**
   * Takes the lock and writes the PID and a newline. The file is made with mode 0600.
   *
   * @param path absolute.
   * @throws {AlreadyRunning} when a living process has the lock, or had it and lost it as the C daemon does.
   * @throws {HintedError} when the file cannot be made or locked, or another user could change it.
   */
  static acquire(path: string, pid: number = Deno.pid): PidFile {
    const warnings = makeOrExamine(path);
    const file = openFile(path);
    try {
      if (!file.tryLock()) throw new AlreadyRunning(file.lockOwner(), path);
      const other = unlockedDaemon(path);
      if (other !== undefined) throw new AlreadyRunning(other, path);
      file.replace(`${pid}\n`);
      return new PidFile(path, pid, file, warnings);
    } catch (error) {
      file[Symbol.dispose]();
      if (!(error instanceof SystemError)) throw error;
      const what = error.call === "lockf" || error.call === "fcntl" ? "lock" : "write";
      throw new HintedError(`Cannot ${what} the PID file ${path}: ${error.reason}`, {
        hint: what === "lock"
          ? `Put it on a local file system with ${VARIABLE}`
          : pathHint(error.code, "file", VARIABLE),
        cause: error,
      });
    }
  }

  /**
   * Makes the file again and locks it if another program removed it: a second daemon must not start.
   *
   * @returns whether another program removed it.
   * @throws as {@link acquire}; the lock on the old file stays then.
   */
  restore(): boolean {
    const there = statOf(this.#path);
    if (there?.dev === this.#info.dev && there.ino === this.#info.ino) return false;
    const next = PidFile.acquire(this.#path, this.#pid);
    this.#file[Symbol.dispose]();
    this.#file = next.#file;
    this.#info = next.#info;
    return true;
  }

  /** Releases the lock. */
  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }
}

/**
 * The PID of the running daemon, or `undefined`. It is the holder of the lock, or a C daemon that lost it, not the
 * number in the file, which may belong to anybody by now (16, row 13); nothing is written. The daemon itself must
 * not ask: closing the file again would give up its own lock.
 *
 * @throws {HintedError} when the file exists and cannot be read, or its owner has no PID here.
 */
export function runningDaemon(path: string): number | undefined {
  // Opening a FIFO would wait for a writer.
  if (statOf(path)?.isFile === false) return undefined;
  let file: LockableFile;
  try {
    file = new LockableFile(path, "read");
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    // ENOTDIR: what should be its folder is no folder, so no daemon has the file.
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw new HintedError(`Cannot read the PID file ${path}: ${error.reason}`, {
      hint: error.code === "EACCES"
        ? "Only the user the daemon runs as can ask for it, as a rule root"
        : pathHint(error.code, "file", VARIABLE),
      cause: error,
    });
  }
  try {
    const owner = file.lockOwner();
    // Linux reports 0 for a process that has no number here; the one in the file is not from here.
    if (owner !== undefined && owner <= 0) {
      throw new HintedError(`The daemon that holds ${path} runs in another container`, {
        hint: "Ask from within its PID namespace",
      });
    }
    return owner ?? unlockedDaemon(path);
  } finally {
    file[Symbol.dispose]();
  }
}

/** Makes the file, or examines the existing one. A file that another user puts there in the meantime is not used. */
function makeOrExamine(path: string): readonly string[] {
  try {
    const warnings = examineStateFile(path, VARIABLE);
    if (statOf(path) !== undefined) return warnings;
    Deno.openSync(path, { write: true, createNew: true, mode: 0o600 }).close();
    return [];
  } catch (error) {
    if (error instanceof HintedError || !(error instanceof Error)) throw error;
    throw cannotOpen(
      path,
      systemReasonOf(error),
      codeOf(error),
      error,
    );
  }
}

function openFile(path: string): LockableFile {
  try {
    return new LockableFile(path, "create");
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    throw cannotOpen(path, error.reason, error.code, error);
  }
}

function cannotOpen(path: string, reason: string, code: string, cause: Error): HintedError {
  return new HintedError(`Cannot open the PID file ${path}: ${reason}`, {
    hint: pathHint(code, "file", VARIABLE),
    cause,
  });
}

function statOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}
