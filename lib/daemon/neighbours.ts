/**
 * Other programs beside the daemon on its host.
 *
 * @module
 */
import type { DaemonLog } from "./daemon_log.ts";

/**
 * Warns of what keeps two programs from working together and neither of them notices.
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
      `The unit has PIDFile=${expected}, and the PID file is ${path}: systemd waits for the other one`,
      `Write FWKNOP_PID_FILE ${expected} into fwknopd.conf, or PIDFile=${path} into the unit`,
    );
  }
  if (testMode) return;
  for (const pid of otherDaemons()) {
    log.warning(
      `Another daemon runs on this host (PID=${pid}): with the same chains each removes the other's rules`,
      "Give each chains of its own (IPT_INPUT_ACCESS and the like), or run one with all stanzas",
    );
  }
}

/** What the kernel calls a daemon, ours or the C daemon. */
const NAMES: readonly string[] = ["fwknop", "fwknopd"];

/**
 * Processes that run as a daemon of another configuration in the network namespace of this one: they hold a lock, as on a
 * PID file, and have the name of one. Empty where there is no `/proc` to ask. To be asked before permissions are dropped.
 */
function otherDaemons(): readonly number[] {
  const own = networkOf("self");
  if (own === undefined) return [];
  return lockHolders().filter((pid) =>
    pid !== Deno.pid && NAMES.includes(textOf(`/proc/${pid}/comm`).trimEnd()) &&
    networkOf(pid) === own
  );
}

/** Who holds a POSIX lock for writing: `1: POSIX  ADVISORY  WRITE 1234 00:1b:567 0 EOF`. */
function lockHolders(): number[] {
  const holders = textOf("/proc/locks").matchAll(/^\d+: POSIX +\S+ +WRITE (\d+) /gm);
  return [...new Set(Array.from(holders, ([, pid]) => Number(pid)))];
}

function networkOf(pid: number | "self"): string | undefined {
  try {
    return Deno.readLinkSync(`/proc/${pid}/ns/net`);
  } catch {
    // It does not exist, or we may not look.
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
