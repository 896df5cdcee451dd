/**
 * Starting a program: the only caller of `Deno.Command` in the product.
 *
 * @module
 */
import { guardDescriptors } from "./guard.ts";
import { POLICIES, type Policy, type PolicyName, policyOf } from "./policy.ts";
import { Slots } from "./slots.ts";
import { type StartFailure, startFailureOf } from "./start_failure.ts";

/** Who a program runs as; both always together, and without any other group. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** What the caller decides of a start. */
export interface StartOptions {
  /** `piped` by default. */
  readonly stdin?: "null" | "piped" | "inherit";
  readonly stdout?: "null" | "piped" | "inherit";
  readonly stderr?: "null" | "piped" | "inherit";
  /** Variables beside those of the policy. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Absent: as this process. `uid` or `gid` also clear the supplementary groups. */
  readonly identity?: Identity | undefined;
  /** Number of the stanza that the program works for, where its policy has a limit for each. */
  readonly stanza?: number | undefined;
}

/** A program that runs. */
export interface StartedProgram {
  readonly pid: number;
  readonly stdin: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  /** Resolves when it has ended, whoever holds its streams open. */
  readonly status: Promise<Deno.CommandStatus>;
  /** Signals it, and with it all that it started where it has a group of its own. One that is gone is no error. */
  kill(signal?: Deno.Signal): void;
  /** Lets this process end before it. */
  unref(): void;
}

const SLOTS: ReadonlyMap<PolicyName, Slots> = new Map(
  (Object.keys(POLICIES) as PolicyName[]).flatMap((name) => {
    const { most } = policyOf(name);
    return most === undefined ? [] : [[name, new Slots(most)] as const];
  }),
);

/** The end of each program that runs. */
const RUNNING = new Map<Promise<void>, PolicyName>();

/** Resolves when no program of that kind runs. */
export async function allEnded(name: PolicyName): Promise<void> {
  await Promise.all([...RUNNING].flatMap(([ended, kind]) => kind === name ? [ended] : []));
}

/**
 * Starts a program without a shell.
 *
 * @param words the program and its arguments. One without a `/` is looked for in the PATH of its own environment.
 * @returns the program, or why there is none.
 */
export function startProgram(
  name: PolicyName,
  words: readonly string[],
  options: StartOptions = {},
): StartedProgram | StartFailure {
  const policy = policyOf(name);
  const release = SLOTS.get(name)?.take(options.stanza) ?? (() => {});
  if (typeof release !== "function") return release;
  try {
    if (policy.guarded) guardDescriptors();
    const child = spawn(policy, words, options);
    const ended = child.status.then(release, release).then(() => void RUNNING.delete(ended));
    RUNNING.set(ended, name);
    return started(child, policy.ownGroup);
  } catch (error) {
    release();
    return startFailureOf(error);
  }
}

/** Whether a start failed. */
export function isFailure(start: StartedProgram | StartFailure): start is StartFailure {
  return "why" in start;
}

function spawn(policy: Policy, words: readonly string[], options: StartOptions): Deno.ChildProcess {
  const [program = "", ...args] = words;
  const { stdin = "piped", stdout = "piped", stderr = "piped", identity, environment } = options;
  const isFixed = policy.environment !== "user";
  return new Deno.Command(program, {
    args,
    stdin,
    stdout,
    stderr,
    ...identity,
    clearEnv: isFixed,
    env: { ...(policy.environment === "user" ? {} : policy.environment), ...environment },
    ...(policy.folder === undefined ? {} : { cwd: policy.folder }),
    detached: policy.ownGroup,
  }).spawn();
}

function started(child: Deno.ChildProcess, hasGroup: boolean): StartedProgram {
  return {
    pid: child.pid,
    get stdin() {
      return child.stdin;
    },
    get stdout() {
      return child.stdout;
    },
    get stderr() {
      return child.stderr;
    },
    status: child.status,
    kill(signal = "SIGKILL") {
      try {
        // The child leads its group, so everything it started and did not move elsewhere is in it.
        if (hasGroup) Deno.kill(-child.pid, signal);
        else child.kill(signal);
      } catch {
        // It is gone already.
      }
    },
    unref: () => child.unref(),
  };
}
