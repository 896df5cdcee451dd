/**
 * Daemons of other configurations on this host: with the same chains each takes the other's rules.
 *
 * @module
 */

/** What the kernel calls a daemon, ours or the C daemon. */
const NAMES: readonly string[] = ["fwknop", "fwknopd"];

/**
 * Processes that run as a daemon in the network namespace of this one: they hold a lock, as on a PID file, and are
 * called like one. Empty where there is no `/proc` to ask. To be asked before permissions are dropped.
 */
export function otherDaemons(): readonly number[] {
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
    // There is none, or it is not ours to look at.
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
