/**
 * Finds other daemons on the host, and a unit that waits for another PID file.
 *
 * @module
 */
import type { DaemonLog } from "./daemon_log.ts";

/**
 * Warns of conflicts between the daemon and other programs that neither of them notices.
 *
 * @param path the PID file.
 * @param expected PIDFILE of the environment: the PID file that the unit of systemd names.
 */
export function warnOfNeighbours(
  path: string,
  expected: string | undefined,
  testMode: boolean,
  log: DaemonLog,
): void {
  if (expected !== undefined && expected !== path) {
    log.warning(
      `The unit has PIDFile=${expected}, but the PID file is ${path}: systemd waits for ${expected}`,
      `Write FWKNOP_PID_FILE ${expected} into fwknopd.conf, or PIDFile=${path} into the unit`,
    );
  }
  if (testMode) return;
  for (const pid of otherDaemons()) {
    log.warning(
      `Another daemon runs on this host (PID=${pid}): with the same chains each removes the other's rules`,
      "Give each daemon its own chains (IPT_INPUT_ACCESS and the like), or run one with all stanzas",
    );
  }
}

/** Process names of our daemon and of the C daemon. */
const NAMES: readonly string[] = ["fwknop", "fwknopd"];

/**
 * Daemons of another configuration in the network namespace of this process. They have a daemon's name and hold a lock,
 * as on a PID file. Empty on systems without `/proc`. Call it before permissions are dropped.
 */
function otherDaemons(): readonly number[] {
  const own = networkOf("self");
  if (own === undefined) return [];
  return lockHolders().filter((pid) =>
    pid !== Deno.pid && NAMES.includes(textOf(`/proc/${pid}/comm`).trimEnd()) &&
    networkOf(pid) === own
  );
}

/** The processes that hold a POSIX lock for writing: `1: POSIX  ADVISORY  WRITE 1234 00:1b:567 0 EOF`. */
function lockHolders(): number[] {
  const holders = textOf("/proc/locks").matchAll(/^\d+: POSIX +\S+ +WRITE (\d+) /gm);
  return [...new Set(Array.from(holders, ([, pid]) => Number(pid)))];
}

function networkOf(pid: number | "self"): string | undefined {
  try {
    return Deno.readLinkSync(`/proc/${pid}/ns/net`);
  } catch {
    // The process does not exist, or the daemon may not read it.
    return undefined;
  }
}

function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
