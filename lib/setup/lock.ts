/**
 * The lock under which one process at a time puts something in or takes it out.
 *
 * @module
 */
import { LockableFile } from "../../ffi/record_lock.ts";
import { HintedError } from "../errors/hinted_error.ts";
import { LOCK_FILE } from "./places.ts";

/** Milliseconds between two tries. */
const LOOK = 50;

/**
 * Takes the lock.
 *
 * @param patience milliseconds to wait for another process.
 * @param kills whether a process that does not give the lock up in time is killed: it may hang, and a closed port must
 *   not wait for it.
 * @throws {HintedError} if another process keeps it.
 */
export async function takeLock(patience: number, kills: boolean): Promise<Disposable> {
  const file = new LockableFile(LOCK_FILE, "create");
  let deadline = performance.now() + patience;
  let wasKilled = false;
  while (!file.tryLock()) {
    const owner = file.lockOwner();
    if (performance.now() > deadline) {
      if (!kills || wasKilled || owner === undefined || owner <= 1) {
        file[Symbol.dispose]();
        throw new HintedError(`Another fwknop setup is at work (pid=${owner ?? "unknown"})`);
      }
      kill(owner);
      wasKilled = true;
      deadline = performance.now() + patience;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
  return file;
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
