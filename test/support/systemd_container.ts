/**
 * A container whose first process is systemd, with the programs of this machine, for tests of service files.
 *
 * Its root is an overlay: all files of this machine can be read, and changes are discarded. Its mounts are in a separate
 * mount namespace and vanish with it. Of this machine's services only the journal is known inside.
 *
 * @module
 */
import { reasonOf } from "../../lib/errors/reason.ts";
import { ControlGroup } from "./control_group.ts";
import { withFolder } from "./folder.ts";
import { LoggedProcess } from "./logged_process.ts";
import { type Ended, Lab, Namespace, namespacesUnavailable, run, until } from "./namespace.ts";
import { hasProgram } from "./needs.ts";

/** The programs that create it. */
const PROGRAMS = ["systemd-nspawn", "nsenter", "unshare", "mount"] as const;

/** Longest time for a boot, in seconds. It is the machine's own systemd, with almost nothing to start. */
const BOOT_SECONDS = 60;

/** The target that systemd starts, and the folder where it looks for units, beside those in `/run`. */
const TARGET = "stage.target";
const UNITS = "/etc/systemd/system";

/** The folder of systemd's own units, whether `/lib` is a link or not. */
const PACKAGED_UNITS = "/lib/systemd/system";
const JOURNAL_UNITS = [
  "systemd-journald.service",
  "systemd-journald.socket",
  "systemd-journald-dev-log.socket",
];

/** Targets that every service waits for or stops before; they are empty here. */
const EMPTY_TARGETS = ["sysinit.target", "basic.target", "shutdown.target"];
const NO_DEFAULTS = "[Unit]\nDefaultDependencies=no\n";

/**
 * Runs in a separate mount namespace, with the folders of a control group before `--`. A fresh `/run` holds the overlay
 * and the files that systemd-nspawn would leave in the machine's.
 */
const BOOT = `set -e
while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs"; shift; done
shift
mount -t tmpfs tmpfs /run
mkdir /run/upper /run/work /run/root
mount -t overlay overlay -o lowerdir=/,upperdir=/run/upper,workdir=/run/work /run/root
: > /run/root/etc/machine-id
exec systemd-nspawn --directory=/run/root --boot --quiet --console=pipe --register=no --keep-unit "$@"`;

const CONTAINER_OPTIONS = [
  // It runs in an existing network namespace.
  "--capability=CAP_NET_ADMIN",
  "--resolv-conf=off",
  "--timezone=off",
  "--link-journal=no",
  `--setenv=SYSTEMD_UNIT_PATH=${UNITS}:/run/systemd/transient:/run/systemd/system`,
  "--setenv=SYSTEMD_GENERATOR_PATH=/nowhere",
  "--setenv=SYSTEMD_ENVIRONMENT_GENERATOR_PATH=/nowhere",
];

/** The container's network namespace. Programs enter it together with the container's other namespaces. */
export class SystemdContainer extends Namespace {
  readonly #leader: number;

  constructor(
    network: Namespace,
    /** PID of its systemd. */
    leader: number,
    /** A folder of this machine, mounted as `/etc/systemd/system` inside. */
    readonly units: string,
  ) {
    super(network.name);
    this.#leader = leader;
  }

  override get entry(): readonly [string, ...string[]] {
    return enter(this.#leader);
  }

  /** Runs systemctl to its end. */
  systemctl(...words: readonly string[]): Promise<Ended> {
    return this.run("systemctl", ...words);
  }

  /** One property of a unit, as systemctl-show(1) prints it. */
  async property(unit: string, name: string): Promise<string> {
    return (await this.must("systemctl", "show", "--value", "--property", name, unit)).trim();
  }

  /** A unit's messages of that priority and more urgent ones, without time and name. */
  journal(unit: string, priority = "debug"): Promise<string> {
    return this.must("journalctl", "--unit", unit, "--priority", priority, "--output", "cat");
  }
}

function enter(leader: number): readonly [string, ...string[]] {
  return ["nsenter", "--target", String(leader), "--all"];
}

/**
 * Boots a container in a network namespace, passes it to `body`, and always removes it.
 *
 * @param shown files and folders of this machine by the path at which they are mounted inside, writable.
 * @throws {Error} with the output of systemd-nspawn, when the container does not boot.
 */
export async function withSystemd<T>(
  lab: Lab,
  network: Namespace,
  shown: Readonly<Record<string, string>>,
  body: (container: SystemdContainer) => Promise<T>,
): Promise<T> {
  return await withFolder(async (folder) => {
    writeSystemdFiles(folder);
    const group = ControlGroup.make();
    let nspawn: LoggedProcess | undefined;
    try {
      const binds = Object.entries({ ...shown, "/etc/systemd": folder })
        .map(([place, path]) => `--bind=${path}:${place}`);
      nspawn = start(network, group, binds);
      const leader = await untilBooted(lab, network, nspawn);
      return await body(new SystemdContainer(network, leader, `${folder}/system`));
    } finally {
      await group.remove();
      await nspawn?.stop("SIGKILL");
    }
  });
}

function writeSystemdFiles(folder: string): void {
  Deno.chmodSync(folder, 0o755);
  // The kernel's audit belongs to the machine.
  Deno.writeTextFileSync(`${folder}/journald.conf`, "[Journal]\nStorage=volatile\nAudit=no\n");
  const units = `${folder}/system`;
  Deno.mkdirSync(units);
  for (const name of JOURNAL_UNITS) {
    Deno.symlinkSync(`${PACKAGED_UNITS}/${name}`, `${units}/${name}`);
  }
  for (const name of EMPTY_TARGETS) Deno.writeTextFileSync(`${units}/${name}`, NO_DEFAULTS);
  Deno.writeTextFileSync(`${units}/${TARGET}`, `${NO_DEFAULTS}Wants=${JOURNAL_UNITS.join(" ")}\n`);
}

function start(network: Namespace, group: ControlGroup, binds: readonly string[]): LoggedProcess {
  // `ip netns exec` hides the control groups.
  const words = ["unshare", "--mount", "sh", "-c", BOOT, "sh", ...group.folders, "--"];
  const child = new Deno.Command("nsenter", {
    args: [
      `--net=/run/netns/${network.name}`,
      ...words,
      ...CONTAINER_OPTIONS,
      ...binds,
      `systemd.unit=${TARGET}`,
    ],
    // The container itself filters no system calls, so a filter seen inside belongs to a service.
    env: { SYSTEMD_SECCOMP: "0" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return new LoggedProcess(child);
}

/** Waits until all units are started. Returns the PID of the systemd inside. */
async function untilBooted(
  lab: Lab,
  network: Namespace,
  nspawn: LoggedProcess,
): Promise<number> {
  let leader = 0;
  const isUp = async (): Promise<boolean> => {
    if (!nspawn.isRunning) throw new Error(`It ended: ${nspawn.lines.join("\n")}`);
    if (leader === 0) leader = (await lab.pids(network)).find(isFirstProcess) ?? 0;
    if (leader === 0) return false;
    const asked = await run(...enter(leader), "systemctl", "is-active", TARGET);
    return asked.code === 0;
  };
  await until("systemd has booted", isUp, BOOT_SECONDS);
  return leader;
}

/** Whether a process is number 1 of its PID namespace (`NSpid` in proc(5)). */
function isFirstProcess(pid: number): boolean {
  try {
    return /^NSpid:\t.*\t1$/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

/** Why no such container can be created, or `undefined`. Boots one to find out. */
export async function systemdUnavailable(): Promise<string | undefined> {
  const impossible = namespacesUnavailable();
  if (impossible !== undefined) return impossible;
  const missing = PROGRAMS.find((program) => !hasProgram(program));
  if (missing !== undefined) return `the program ${missing} is missing`;
  const lab = new Lab();
  try {
    await withSystemd(lab, await lab.namespace("try"), {}, () => Promise.resolve());
    return undefined;
  } catch (error) {
    const text = reasonOf(error);
    return `no systemd in a container: ${text.split("\n").slice(0, 2).join(" ")}`;
  } finally {
    lab.remove();
  }
}
