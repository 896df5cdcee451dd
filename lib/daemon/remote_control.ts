/**
 * Signals a running daemon from another process: stop, reload, revoke (`docs/spec/server.md` 13). The lock identifies
 * the daemon, so a stale number in the PID file is never signalled (16, row 13).
 *
 * @module
 */
import { HintedError } from "../errors/hinted_error.ts";
import { runningDaemon } from "./pid_file.ts";

/** Milliseconds between SIGTERM and SIGKILL, as in the C daemon. */
const PATIENCE = 4000;
/** Milliseconds that the kernel may need after SIGKILL. */
const LAST_WAIT = 1000;
/** Milliseconds between two checks of the lock. */
const LOOK = 10;

/** Which signal ended the daemon. */
export interface Stopped {
  readonly pid: number;
  readonly by: "SIGTERM" | "SIGKILL";
}

/**
 * Ends the daemon that holds the lock on a PID file and waits until it is gone.
 *
 * @param patience milliseconds between SIGTERM and SIGKILL.
 * @returns `undefined` when none runs.
 * @throws {HintedError} when it may not be signalled, or survives.
 */
export async function stopDaemon(
  pidFile: string,
  patience: number = PATIENCE,
): Promise<Stopped | undefined> {
  const pid = runningDaemon(pidFile);
  if (pid === undefined) return undefined;
  // Twice: the C daemon forgets a SIGTERM that comes while it reads its configuration again.
  for (let time = 0; time < 2; time++) {
    signal(pid, "SIGTERM");
    if (await isGone(pidFile, pid, patience / 2)) return { pid, by: "SIGTERM" };
  }
  signal(pid, "SIGKILL");
  if (await isGone(pidFile, pid, LAST_WAIT)) return { pid, by: "SIGKILL" };
  throw new HintedError(`The daemon (pid=${pid}) survives SIGKILL`, {
    hint: "It hangs in the kernel: look for a file system or device that does not respond",
  });
}

/**
 * Tells the daemon to read its configuration again (SIGHUP).
 *
 * @returns its PID; `undefined` when none runs.
 * @throws {HintedError} when it may not be signalled.
 */
export function reloadDaemon(pidFile: string): number | undefined {
  const pid = runningDaemon(pidFile);
  if (pid !== undefined) signal(pid, "SIGHUP");
  return pid;
}

/**
 * The service that must be restarted before the daemon sees changed files; `undefined` if a reload is enough.
 * systemd makes copies of credentials when it starts a service (`LoadCredential=` in systemd.exec(5)), and a reload
 * would read those again.
 */
export function serviceWithCopies(pid: number): string | undefined {
  if (!readProcess(pid, "cmdline").includes("/credentials/")) return undefined;
  return /([^/\n]+\.service)$/m.exec(readProcess(pid, "cgroup"))?.[1] ?? "fwknop.service";
}

function readProcess(pid: number, file: string): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/${file}`);
  } catch {
    return "";
  }
}

/** Its number, and its bit in the masks of `/proc` (signal(7), proc(5)). */
const SIGUSR2_BIT = 1n << 11n;

/**
 * Tells the daemon to end every grant (SIGUSR2).
 *
 * @returns its PID; `undefined` when none runs, or one that does not listen to that: a C daemon, or one about to start,
 * which the signal would end.
 * @throws {HintedError} when it may not be signalled.
 */
export function revokeGrants(pidFile: string): number | undefined {
  const pid = runningDaemon(pidFile);
  if (pid === undefined || !catchesRevocation(pid)) return undefined;
  signal(pid, "SIGUSR2");
  return pid;
}

function catchesRevocation(pid: number): boolean {
  const [, caught = "0"] = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readProcess(pid, "status")) ?? [];
  return (BigInt(`0x${caught}`) & SIGUSR2_BIT) !== 0n;
}

function signal(pid: number, name: Deno.Signal): void {
  try {
    Deno.kill(pid, name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw new HintedError(`Cannot signal the daemon (pid=${pid})`, {
      hint: "Only root or the user it runs as may do that",
      cause: error,
    });
  }
}

async function isGone(pidFile: string, pid: number, wait: number): Promise<boolean> {
  const deadline = performance.now() + wait;
  while (runningDaemon(pidFile) === pid) {
    if (performance.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
  return true;
}
