/**
 * The PID file and the lock on it: who is the running daemon (`docs/spec/server.md` 13). Shared with
 * the C daemon, both ways: each sees the other as running.
 *
 * @module
 */
import { SystemError } from "../../ffi/libc.ts";
import { LockableFile } from "../../ffi/record_lock.ts";
import { HintedError } from "../hinted_error.ts";
import { unlockedDaemon } from "./unlocked_daemon.ts";

/** Another daemon has the PID file. */
export class AlreadyRunning extends HintedError {
  /** @param pid of the one that runs; `undefined` when it ended while we looked. */
  constructor(readonly pid: number | undefined, path: string) {
    super(`[*] An instance of fwknopd is already running: (PID=${pid ?? "unknown"}).`, {
      hint: `It holds the lock on ${path}: stop it, or name another file with FWKNOP_PID_FILE`,
    });
  }
}

/**
 * Refuses to go on beside a daemon that runs, before anything is made or found fault with.
 *
 * @throws {AlreadyRunning}
 */
export function refuseSecondDaemon(path: string): void {
  const pid = runningDaemon(path);
  if (pid !== undefined) throw new AlreadyRunning(pid, path);
}

/**
 * Held by the running daemon for its whole life. The file stays when the daemon ends, as with the C
 * daemon; the number in it means nothing without the lock.
 */
export class PidFile implements Disposable {
  readonly #file: LockableFile;

  private constructor(file: LockableFile) {
    this.#file = file;
  }

  /**
   * Takes the lock and writes the PID and a newline. The file is made with mode 0600.
   *
   * @throws {AlreadyRunning} when a living process has the lock, or had it and lost it as the C daemon does.
   * @throws {HintedError} when the file cannot be made or locked.
   */
  static acquire(path: string, pid: number = Deno.pid): PidFile {
    const file = openFile(path);
    try {
      if (!file.tryLock()) throw new AlreadyRunning(file.lockOwner(), path);
      const other = unlockedDaemon(path);
      if (other !== undefined) throw new AlreadyRunning(other, path);
      file.replace(`${pid}\n`);
      return new PidFile(file);
    } catch (error) {
      file[Symbol.dispose]();
      if (!(error instanceof SystemError)) throw error;
      throw new HintedError(`Cannot lock the PID file ${path}: ${error.reason}`, {
        hint: "Put it on a local file system with FWKNOP_PID_FILE",
        cause: error,
      });
    }
  }

  /** Gives the lock up. */
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
  let file: LockableFile;
  try {
    file = new LockableFile(path, "read");
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    if (error.code === "ENOENT") return undefined;
    throw new HintedError(`Cannot read the PID file ${path}: ${error.reason}`, {
      hint: "Only the user the daemon runs as can ask for it, as a rule root",
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

function openFile(path: string): LockableFile {
  try {
    return new LockableFile(path, "create");
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    throw new HintedError(`Cannot open the PID file ${path}: ${error.reason}`, {
      hint: "Run as root, or name another file with FWKNOP_PID_FILE",
      cause: error,
    });
  }
}
