/**
 * Finds a C daemon that has lost its lock. At a reload, the C daemon opens and closes the PID file once more, which
 * releases its lock (POSIX). It continues without a lock. `docs/spec/server.md` 13 says otherwise; a running one shows
 * this.
 *
 * @module
 */

/** Process name of the C daemon. */
const NAME = "fwknopd";

/**
 * The process with the name `fwknopd`, other than this one, that has the file open; `undefined` without such a process,
 * or without `/proc`. The open file shows that it is the daemon. The number in the file does not.
 */
export function unlockedDaemon(path: string): number | undefined {
  const file = statOf(path);
  if (file === undefined) return undefined;
  return entries("/proc").filter((entry) => /^[0-9]+$/.test(entry)).map(Number).find((pid) =>
    pid !== Deno.pid && nameOf(pid) === NAME && hasOpen(pid, file)
  );
}

function hasOpen(pid: number, { dev, ino }: Deno.FileInfo): boolean {
  const folder = `/proc/${pid}/fd`;
  return entries(folder).some((descriptor) => {
    const info = statOf(`${folder}/${descriptor}`);
    return info !== undefined && info.dev === dev && info.ino === ino;
  });
}

function nameOf(pid: number): string | undefined {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/comm`).trimEnd();
  } catch {
    // It ended in the meantime.
    return undefined;
  }
}

function entries(folder: string): string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name);
  } catch {
    return [];
  }
}

function statOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}
