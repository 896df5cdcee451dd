/**
 * How programs are started: one row for each kind of program. No other code of the product starts a program.
 *
 * @module
 */

/** Rules for every program of one kind. */
export interface ProgramPolicy {
  /** The whole environment; `user`: the environment of this process, which is the user's. */
  readonly environment: Readonly<Record<string, string>> | "user";
  /** The working folder. Absent: the folder of this process. */
  readonly folder?: "/";
  /** The program leads its own session and process group, and the whole group is killed. */
  readonly ownGroup: boolean;
  /** The program inherits only its standard streams, even when a library has left other descriptors open. */
  readonly guarded: boolean;
  /** Milliseconds after which the program is stopped, unless the caller sets another limit. */
  readonly milliseconds: number;
  /** Milliseconds between SIGTERM and SIGKILL when the program is stopped; 0: SIGKILL at once. */
  readonly grace: number;
  /** Children may outlive the program. When false, processes that still hold its streams open are killed. */
  readonly leavesChildren: boolean;
  /** Bytes kept of each output. */
  readonly outputBytes: number;
  /** A program that writes more: `cut` discards the rest, `kill` kills the program. */
  readonly overflow: "cut" | "kill";
  /** Both outputs are kept as one, in order of arrival. */
  readonly together: boolean;
  /** How many programs of this kind may run in this process at the same time. More are refused. */
  readonly most?: { readonly atOnce: number; readonly perStanza: number };
}

/** Where programs of the daemon are searched. */
export const SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * The whole environment of a program that the daemon starts. No variable that the caller of the daemon set (LD_PRELOAD,
 * XTABLES_LIBDIR, …) reaches a program that runs as root.
 */
const FIXED = { PATH: SEARCH_PATH, LC_ALL: "C" } as const;

const MEGABYTE = 1 << 20;

const DAEMON: ProgramPolicy = {
  environment: FIXED,
  folder: "/",
  ownGroup: true,
  guarded: true,
  milliseconds: 10_000,
  grace: 0,
  leavesChildren: false,
  outputBytes: MEGABYTE,
  overflow: "kill",
  together: false,
};

/** A command of access.conf. */
const COMMAND: ProgramPolicy = {
  ...DAEMON,
  grace: 2_000,
  leavesChildren: true,
  outputBytes: 4096,
  overflow: "cut",
  together: true,
};

const USER: ProgramPolicy = {
  environment: "user",
  // It shares the terminal: Ctrl-C reaches both processes.
  ownGroup: false,
  guarded: false,
  milliseconds: Infinity,
  grace: 0,
  leavesChildren: true,
  outputBytes: MEGABYTE,
  overflow: "kill",
  together: false,
};

/** Every kind of program. */
export const POLICIES = {
  /** A firewall program that runs to its end, for grants, listings and the rules of a queue. */
  "firewall": { ...DAEMON, outputBytes: 64 * MEGABYTE },
  /**
   * A firewall program that runs as a helper process. Its HOME cannot hold a file: `nft -i` would write a history there,
   * which would contain the grants.
   */
  "firewall helper": { ...DAEMON, environment: { ...FIXED, HOME: "/dev/null" } },
  /** `getent`, for the name of a NAT host. */
  "look-up": { ...DAEMON, milliseconds: 5_000, most: { atOnce: 16, perStanza: 2 } },
  /** gpg, for a packet; its home is an argument. */
  "gpg": { ...DAEMON, milliseconds: 5_000 },
  /** A command message. */
  "command": { ...COMMAND, most: { atOnce: 16, perStanza: 8 } },
  /** The commands of a cycle. They wait for each other in `lib/command/serial_queues.ts`. A close is never refused. */
  "cycle": COMMAND,
  /** systemctl, systemd-run, journalctl, sshd and the package manager, for `setup` and `install`: a service may be slow. */
  "system": { ...DAEMON, milliseconds: 120_000 },
  /** Any program that the client's user asked for: the command after `--`, a key printer, wget, gpg with its agent. */
  "user": USER,
  /** This program again, as a daemon. It drops what it must not inherit. */
  "daemon": { ...USER, ownGroup: true },
} as const satisfies Readonly<Record<string, ProgramPolicy>>;

/** The name of a row. */
export type PolicyName = keyof typeof POLICIES;

/** A row. */
export function policyOf(name: PolicyName): ProgramPolicy {
  return POLICIES[name];
}
