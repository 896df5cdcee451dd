/**
 * Waits for descriptors to become readable, without polling and without CPU use while idle.
 *
 * @module
 */
import { markCloseOnExec } from "./close_on_exec.ts";
import { check, libcName, prepareErrors } from "./libc.ts";
import { socketSymbols } from "./libc_symbols.ts";
import { openLibrary } from "./library.ts";

const POLLIN = 1;
/** `POLLERR | POLLHUP | POLLNVAL`: a read then reports the error. */
const POLL_TROUBLE = 8 | 16 | 32;
const MOST_FAILURES = 1000;
const ENTRY = 8; // struct pollfd { int fd; short events; short revents; }

let library: ReturnType<typeof openLibrary<typeof socketSymbols>> | undefined;

/** The socket functions, loaded once. */
export function sockets(): NonNullable<typeof library> {
  prepareErrors();
  return library ??= openLibrary(libcName(), socketSymbols);
}

/** Closes a descriptor that this process opened by a C call. Errors are ignored: no caller can act on them. */
export function closeDescriptor(descriptor: number): void {
  sockets().close(descriptor);
}

/** Keeps a descriptor out of child processes. */
export function closeOnExec(descriptor: number): void {
  check(markCloseOnExec(sockets(), descriptor), "fcntl");
}

/** The two ends of a pipe, closed on exec. @throws {SystemError} when no descriptor is left. */
function openPipe(): { readonly readEnd: number; readonly writeEnd: number } {
  const ends = new Int32Array(new ArrayBuffer(8));
  check(sockets().pipe(new Uint8Array(ends.buffer)), "pipe");
  const [readEnd = -1, writeEnd = -1] = ends;
  closeOnExec(readEnd);
  closeOnExec(writeEnd);
  return { readEnd, writeEnd };
}

/**
 * A set of descriptors to wait for. It has its own pipe, which wakes the waiting thread.
 *
 * The wait itself runs on a thread of the runtime. The process uses no CPU during the wait.
 */
export class ReadinessSet {
  readonly #pipe = openPipe();
  #descriptors: readonly number[] = [];
  #entries = new Uint8Array(new ArrayBuffer(ENTRY));
  #view = new DataView(this.#entries.buffer);
  #waiting = false;
  #woken = false;
  #closed = false;
  #failures = 0;

  /** Replaces the set. Wakes a wait that is in progress; the caller must wait again. */
  watch(descriptors: readonly number[]): void {
    this.#descriptors = [...descriptors];
    this.wake();
  }

  /** Ends a wait that is in progress, or the next one. */
  wake(): void {
    // The pipe holds at most one byte, so writing never blocks.
    if (this.#closed || this.#woken) return;
    this.#woken = true;
    sockets().write(this.#pipe.writeEnd, new Uint8Array(1), 1n);
  }

  /**
   * Waits until a descriptor is readable or has an error, or until {@link wake}.
   *
   * @returns the descriptors to read from; empty after a wake-up.
   * @throws {Error} when the system refuses to wait several times in a row, for example when out of memory.
   */
  async wait(): Promise<readonly number[]> {
    if (this.#waiting || this.#closed) throw new Error("One wait at a time, and none after close");
    const descriptors = this.#descriptors;
    this.#prepare(descriptors);
    this.#waiting = true;
    let ready: number;
    try {
      ready = await sockets().poll(this.#entries, BigInt(descriptors.length + 1), -1);
    } finally {
      this.#waiting = false;
      if (this.#closed) this.#release();
    }
    if (this.#closed) return [];
    if (ready < 0) {
      // Usually a signal interrupted the waiting thread (EINTR). Its errno stayed on that thread.
      if (++this.#failures > MOST_FAILURES) throw new Error("poll: fails again and again");
      return [];
    }
    this.#failures = 0;
    if (this.#revents(0) !== 0) {
      this.#woken = false;
      sockets().read(this.#pipe.readEnd, new Uint8Array(1), 1n);
    }
    return descriptors.filter((_, index) =>
      (this.#revents(index + 1) & (POLLIN | POLL_TROUBLE)) !== 0
    );
  }

  /** Wakes the waiting thread and closes the pipe. The watched descriptors stay open. */
  close(): void {
    if (this.#closed) return;
    this.wake();
    this.#closed = true;
    // The pipe must outlive a wait that is in progress: the kernel could give its number to another file.
    if (!this.#waiting) this.#release();
  }

  #prepare(descriptors: readonly number[]): void {
    const size = ENTRY * (descriptors.length + 1);
    if (this.#entries.length !== size) {
      this.#entries = new Uint8Array(new ArrayBuffer(size));
      this.#view = new DataView(this.#entries.buffer);
    }
    this.#view.setInt32(0, this.#pipe.readEnd, true);
    for (const [index, descriptor] of descriptors.entries()) {
      this.#view.setInt32(ENTRY * (index + 1), descriptor, true);
    }
    for (let index = 0; index <= descriptors.length; index++) {
      this.#view.setInt16(ENTRY * index + 4, POLLIN, true);
      this.#view.setInt16(ENTRY * index + 6, 0, true);
    }
  }

  #revents(index: number): number {
    return this.#view.getInt16(ENTRY * index + 6, true);
  }

  #release(): void {
    closeDescriptor(this.#pipe.readEnd);
    closeDescriptor(this.#pipe.writeEnd);
  }
}
