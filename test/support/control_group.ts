/**
 * A control group of one's own, in each tree where systemd keeps services.
 *
 * @module
 */
import { isThere } from "./is_there.ts";
import { processLives, until } from "./namespace.ts";

const MOUNTED = "/sys/fs/cgroup";
let count = 0;

/**
 * Made below the group this process is in, so that whoever limits the tests limits what is in here too. Names are
 * `fwk-PID-…`; what a killed run left behind is removed by the next one.
 */
export class ControlGroup {
  private constructor(
    /** One in version 2, and in mixed set-ups one in the tree named systemd of version 1. */
    readonly folders: readonly string[],
  ) {}

  /** @throws {Error} where there are none, or none may be made. */
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
   * A group whose processes may hold so many bytes of memory together; the kernel kills one of them otherwise.
   *
   * @throws {Error} where memory cannot be limited.
   */
  static withMemory(bytes: number): ControlGroup {
    const lines = Deno.readTextFileSync("/proc/self/cgroup").split("\n");
    const path = lines.map((line) => /^[0-9]+:(?:|[^:]*\bmemory\b[^:]*):(.*)$/.exec(line)?.[1])
      .find((found) => found !== undefined);
    // Version 1 has a tree for memory alone, version 2 one tree for everything.
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

  /** Kills what is inside, which is only what was started in here, and removes the group. */
  async remove(): Promise<void> {
    await until("nothing runs in the control group", () => this.folders.every(removeGroup), 15);
  }
}

/** The folders of the groups this process is in (cgroups(7), `/proc/PID/cgroup`). */
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

/** True when it is gone; false when something in it has still to end. */
function removeGroup(folder: string): boolean {
  if (!isThere(folder)) return true;
  for (const pid of Deno.readTextFileSync(`${folder}/cgroup.procs`).split("\n")) {
    if (pid !== "") kill(Number(pid));
  }
  const inner = Array.from(Deno.readDirSync(folder)).filter(({ isDirectory }) => isDirectory);
  // All of them in one go: the first process of a container takes the others along.
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
    // It ended by itself in the meantime.
  }
}
