/**
 * How programs are started: one row for each kind of program, by whom it works for. Nothing else in the product starts one.
 *
 * @module
 */

/** What holds for every program of one kind. */
export interface Policy {
  /** The whole environment, or `user`: that of this process, which is the user's. */
  readonly environment: Readonly<Record<string, string>> | "user";
  /** The working folder; absent: that of this process. */
  readonly folder?: "/";
  /** It leads a session and a process group of its own, which is killed whole. */
  readonly ownGroup: boolean;
  /** It inherits no descriptor but its standard streams, whatever a library has left open. */
  readonly guarded: boolean;
  /** Milliseconds after which it is stopped, unless the caller says otherwise. */
  readonly milliseconds: number;
  /** Milliseconds between SIGTERM and SIGKILL for one that is stopped; 0: SIGKILL at once. */
  readonly grace: number;
  /** What it may leave running when it ends by itself stays; otherwise whoever holds its streams open is killed. */
  readonly leavesChildren: boolean;
  /** Bytes that are kept of each output. */
  readonly outputBytes: number;
  /** What happens to one that writes more: the rest is read and forgotten, or it is killed. */
  readonly overflow: "cut" | "kill";
  /** Both outputs are kept as one, in the order in which they came. */
  readonly together: boolean;
  /** How many may run in this process; more are not started. */
  readonly most?: { readonly atOnce: number; readonly perStanza: number };
}

/** Where programs of the daemon are looked for. */
export const SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * All that a program of the daemon sees: nothing that the caller of the daemon could have set (LD_PRELOAD,
 * XTABLES_LIBDIR, …) reaches a program that runs as root.
 */
const FIXED = { PATH: SEARCH_PATH, LC_ALL: "C" } as const;

const MEGABYTE = 1 << 20;

const DAEMON: Policy = {
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

const USER: Policy = {
  environment: "user",
  // It shares the terminal: Ctrl-C reaches both.
  ownGroup: false,
  guarded: false,
  milliseconds: Infinity,
  grace: 0,
  leavesChildren: true,
  outputBytes: MEGABYTE,
  overflow: "kill",
  together: false,
};

/** Every kind of program there is. */
export const POLICIES = {
  /** A firewall program that is run to its end, for grants, listings and the rules of a queue. */
  "firewall": { ...DAEMON, outputBytes: 64 * MEGABYTE },
  /** A firewall program that is kept open. Without a home that no file can be in, `nft -i` keeps a history of who was let in. */
  "firewall helper": { ...DAEMON, environment: { ...FIXED, HOME: "/dev/null" } },
  /** `getent`, for the name of a NAT host. */
  "look-up": { ...DAEMON, milliseconds: 5_000, most: { atOnce: 16, perStanza: 2 } },
  /** gpg, for a packet; its home is an argument. */
  "gpg": { ...DAEMON, milliseconds: 5_000 },
  /** The command of a message. */
  "command": {
    ...DAEMON,
    grace: 2_000,
    leavesChildren: true,
    outputBytes: 4096,
    overflow: "cut",
    together: true,
    most: { atOnce: 16, perStanza: 8 },
  },
  /** The commands of a cycle: they wait for each other in `lib/command/lanes.ts`, and a close is never refused. */
  "cycle": {
    ...DAEMON,
    grace: 2_000,
    leavesChildren: true,
    outputBytes: 4096,
    overflow: "cut",
    together: true,
  },
  /** What a user asked the client to start: the command after `--`, one that prints keys, wget, gpg with its agent. */
  "user": USER,
  /** This program again, as a daemon. It drops what it does not want to inherit. */
  "daemon": { ...USER, ownGroup: true },
} as const satisfies Readonly<Record<string, Policy>>;

/** The name of a row. */
export type PolicyName = keyof typeof POLICIES;

/** A row. */
export function policyOf(name: PolicyName): Policy {
  return POLICIES[name];
}
