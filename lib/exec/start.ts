/**
 * Starts a program. No other code of the product calls `Deno.Command`.
 *
 * @module
 */
import { guardDescriptors } from "./guard.ts";
import { POLICIES, type PolicyName, policyOf, type ProgramPolicy } from "./policy.ts";
import { Slots } from "./slots.ts";
import { type StartFailure, startFailureOf } from "./start_failure.ts";

/** The user and group of a program: always both, and no other group. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** The caller's choices for a start. */
export interface StartOptions {
  /** `piped` by default. */
  readonly stdin?: "null" | "piped" | "inherit";
  readonly stdout?: "null" | "piped" | "inherit";
  readonly stderr?: "null" | "piped" | "inherit";
  /** Variables in addition to those of the policy. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Absent: the identity of this process. `uid` or `gid` also clear the supplementary groups. */
  readonly identity?: Identity | undefined;
  /** Number of the stanza that the program works for, where its policy has a limit for each stanza. */
  readonly stanza?: number | undefined;
}

/** A running program. */
export interface StartedProgram {
  readonly pid: number;
  readonly stdin: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  /** Resolves when the program has ended, even if another process still holds its streams open. */
  readonly status: Promise<Deno.CommandStatus>;
  /** Signals the program, and its whole process group where it has one. A program that has ended is not an error. */
  kill(signal?: Deno.Signal): void;
  /** Lets this process end before the program. */
  unref(): void;
}

const SLOTS: ReadonlyMap<PolicyName, Slots> = new Map(
  (Object.keys(POLICIES) as PolicyName[]).flatMap((name) => {
    const { most } = policyOf(name);
    return most === undefined ? [] : [[name, new Slots(most)] as const];
  }),
);

/** The end of each running program. */
const RUNNING = new Map<Promise<void>, PolicyName>();

/** Resolves when no program of this kind runs. */
export async function allEnded(name: PolicyName): Promise<void> {
  await Promise.all([...RUNNING].flatMap(([ended, kind]) => kind === name ? [ended] : []));
}

/**
 * Starts a program without a shell.
 *
 * @param words the program and its arguments. A program without a `/` is searched in the PATH of its own environment.
 * @returns the program, or the reason why it did not start.
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

/** Whether the start failed. */
export function isFailure(start: StartedProgram | StartFailure): start is StartFailure {
  return "why" in start;
}

function spawn(
  policy: ProgramPolicy,
  words: readonly string[],
  options: StartOptions,
): Deno.ChildProcess {
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
        // The child leads its group, so the group contains everything that it started, unless moved elsewhere.
        if (hasGroup) Deno.kill(-child.pid, signal);
        else child.kill(signal);
      } catch {
        // It has ended already.
      }
    },
    unref: () => child.unref(),
  };
}
