/**
 * A file under a POSIX record lock. `Deno.FsFile.lock` takes flock(2) locks, which are another kind:
 * C programs that use lockf(3) or fcntl(2) neither see nor respect them.
 *
 * @module
 */
import { check, fromCString, libcName, prepareErrors, SystemError, toCString } from "./libc.ts";
import { fileSymbols } from "./libc_symbols.ts";
import { openLibrary } from "./library.ts";
import { platform } from "./platform.ts";

const F_ULOCK = 0;
const F_TLOCK = 2;
/** The start of the file, as the origin of a range. */
const SEEK_SET = 0;
const NONE = 0n;

let library: ReturnType<typeof openLibrary<typeof fileSymbols>> | undefined;

function files(): NonNullable<typeof library> {
  prepareErrors();
  return library ??= openLibrary(libcName(), fileSymbols);
}

/**
 * An open file that can be locked as a whole.
 *
 * POSIX releases a process's locks on a file when the process closes *any* descriptor of that file. While one of these
 * files is locked, other code of the process must not open the same path.
 */
export class LockableFile implements Disposable {
  readonly #descriptor: number;
  #closed = false;

  /**
   * @param access `read`: the file must exist and is not changed. `create`: the file is created with mode 0600 when
   * it does not exist, and never truncated. The descriptor is closed on exec.
   * @throws {SystemError} `ENOENT`, `EACCES`, …
   */
  constructor(path: string, access: "read" | "create") {
    const { O_RDWR, O_CREAT, O_CLOEXEC } = platform().number;
    const flags = access === "read" ? O_CLOEXEC : O_RDWR | O_CREAT | O_CLOEXEC;
    const mode = 0o600;
    const name = toCString(path);
    this.#descriptor = check(
      platform().variadicPadding
        ? files().open_padded(name, flags, NONE, NONE, NONE, NONE, NONE, NONE, mode)
        : files().open(name, flags, mode),
      "open",
    );
  }

  /**
   * Locks the whole file for as long as it stays open.
   *
   * @returns false when another process has a lock on it.
   * @throws {SystemError} when the file system cannot lock.
   */
  tryLock(): boolean {
    try {
      check(files().lockf(this.#descriptor, F_TLOCK, NONE), "lockf");
      return true;
    } catch (error) {
      const isHeld = error instanceof SystemError &&
        (error.code === "EAGAIN" || error.code === "EACCES");
      if (isHeld) return false;
      throw error;
    }
  }

  /** Releases the lock and keeps the file open. */
  unlock(): void {
    check(files().lockf(this.#descriptor, F_ULOCK, NONE), "lockf");
  }

  /**
   * The process that holds a lock on the file, as the kernel reports it; `undefined` when no process does.
   * A lock of this process is not reported: it would not block this process.
   */
  lockOwner(): number | undefined {
    const { recordLock: layout, number: { F_GETLK, F_WRLCK, F_UNLCK } } = platform();
    const lock = new Uint8Array(new ArrayBuffer(layout.size));
    const view = new DataView(lock.buffer);
    view.setInt16(layout.type, F_WRLCK, true);
    view.setInt16(layout.whence, SEEK_SET, true);
    const result = platform().variadicPadding
      ? files().fcntl_lock_padded(
        this.#descriptor,
        F_GETLK,
        NONE,
        NONE,
        NONE,
        NONE,
        NONE,
        NONE,
        lock,
      )
      : files().fcntl_lock(this.#descriptor, F_GETLK, lock);
    check(result, "fcntl");
    return view.getInt16(layout.type, true) === F_UNLCK
      ? undefined
      : view.getInt32(layout.owner, true);
  }

  /** The beginning of the file, at most 255 bytes, as text up to the first zero byte. */
  read(): string {
    const bytes = new Uint8Array(new ArrayBuffer(256));
    check(files().pread(this.#descriptor, bytes, 255n, NONE), "pread");
    return fromCString(bytes);
  }

  /** Replaces the content. For a moment the file is longer than the new content; it is never empty. */
  replace(text: string): void {
    const bytes = toCString(text);
    const length = BigInt(bytes.length - 1);
    check(files().pwrite(this.#descriptor, bytes, length, NONE), "pwrite");
    check(files().ftruncate(this.#descriptor, length), "ftruncate");
  }

  /** Closes the file, which releases the lock. Idempotent. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    files().close(this.#descriptor);
  }
}
