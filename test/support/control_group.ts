/**
 * A separate control group, in each tree where systemd keeps services.
 *
 * @module
 */
import { isThere } from "./is_there.ts";
import { processLives, until } from "./namespace.ts";

const MOUNTED = "/sys/fs/cgroup";
let count = 0;

/**
 * Created below the group of this process, so a limit on the tests applies inside too. Names are `fwk-PID-…`. The next
 * run removes the groups of a killed run.
 */
export class ControlGroup {
  private constructor(
    /** One folder in version 2; in mixed set-ups also one in the tree named systemd of version 1. */
    readonly folders: readonly string[],
  ) {}

  /** @throws {Error} where there are no control groups, or none can be created. */
  static make(): ControlGroup {
    const parents = ownGroups();
    if (parents.length === 0) throw new Error(`There are no control groups in ${MOUNTED}`);
    for (const parent of parents) removeLeftovers(parent);
    const name = `fwk-${Deno.pid}-${count++}`;
    const folders = parents.map((parent) => `${parent}/${name}`);
    for (const folder of folders) Deno.mkdirSync(folder);
    return new ControlGroup(folders);
  }

  /**
   * A group whose processes may use so many bytes of memory together; the kernel kills one of them at the limit.
   *
   * @throws {Error} where memory cannot be limited.
   */
  static withMemory(bytes: number): ControlGroup {
    const lines = Deno.readTextFileSync("/proc/self/cgroup").split("\n");
    const path = lines.map((line) => /^[0-9]+:(?:|[^:]*\bmemory\b[^:]*):(.*)$/.exec(line)?.[1])
      .find((found) => found !== undefined);
    // Version 1 has a separate tree for memory, version 2 one tree for all controllers.
    const [tree, file] = isThere(`${MOUNTED}/memory/cgroup.procs`)
      ? [`${MOUNTED}/memory`, "memory.limit_in_bytes"]
      : [MOUNTED, "memory.max"];
    const parent = `${tree}${(path ?? "").replace(/\/$/, "")}`;
    removeLeftovers(parent);
    const folder = `${parent}/fwk-${Deno.pid}-${count++}`;
    Deno.mkdirSync(folder);
    const group = new ControlGroup([folder]);
    try {
      Deno.writeTextFileSync(`${folder}/${file}`, String(bytes));
      return group;
    } catch (cause) {
      Deno.removeSync(folder);
      throw new Error(`No memory can be limited in ${parent}`, { cause });
    }
  }

  /** Kills the processes inside, which were all started here, and removes the group. */
  async remove(): Promise<void> {
    await until("nothing runs in the control group", () => this.folders.every(removeGroup), 15);
  }
}

/** The folders of the groups of this process (cgroups(7), `/proc/PID/cgroup`). */
function ownGroups(): string[] {
  const unified = isThere(`${MOUNTED}/cgroup.controllers`) ? MOUNTED : `${MOUNTED}/unified`;
  const lines = Deno.readTextFileSync("/proc/self/cgroup").split("\n");
  return lines.flatMap((line) => {
    const [, tree, path = ""] = /^[0-9]+:(|name=systemd):(.*)$/.exec(line) ?? [];
    if (tree === undefined) return [];
    const folder = `${tree === "" ? unified : `${MOUNTED}/systemd`}${path.replace(/\/$/, "")}`;
    return isThere(`${folder}/cgroup.procs`) ? [folder] : [];
  });
}

/** True when the group is removed; false when a process in it has not ended yet. */
function removeGroup(folder: string): boolean {
  if (!isThere(folder)) return true;
  for (const pid of Deno.readTextFileSync(`${folder}/cgroup.procs`).split("\n")) {
    if (pid !== "") kill(Number(pid));
  }
  const inner = Array.from(Deno.readDirSync(folder)).filter(({ isDirectory }) => isDirectory);
  // Try all at once: the first process of a container ends the others with it.
  const gone = inner.map(({ name }) => removeGroup(`${folder}/${name}`));
  if (gone.includes(false)) return false;
  try {
    Deno.removeSync(folder);
    return true;
  } catch {
    return false;
  }
}

function removeLeftovers(parent: string): void {
  for (const { name } of Deno.readDirSync(parent)) {
    const [, pid] = /^fwk-([0-9]+)-[0-9]+$/.exec(name) ?? [];
    if (pid !== undefined && !processLives(Number(pid))) removeGroup(`${parent}/${name}`);
  }
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended in the meantime.
  }
}
