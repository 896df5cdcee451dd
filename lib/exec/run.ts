/**
 * Running a program to its end.
 *
 * @module
 */
import { BoundedOutput, type Reading } from "./bounded_output.ts";
import { settleStreams } from "./linger.ts";
import { type PolicyName, policyOf } from "./policy.ts";
import { isFailure, type StartedProgram, type StartOptions, startProgram } from "./start.ts";
import type { StartFailure } from "./start_failure.ts";

/** One run. */
export interface RunOptions extends StartOptions {
  /** What it gets on its standard input; absent: nothing. */
  readonly input?: Uint8Array | string | undefined;
  /** Absent: those of the policy. */
  readonly milliseconds?: number | undefined;
  /** Ends it, and keeps it from being started. */
  readonly signal?: AbortSignal | undefined;
  /** Called when it has its place: right after it was started, or could not be for want of a program. */
  readonly onStart?: (() => void) | undefined;
}

/** How a program ended. Its outputs are what is known until then. */
export interface EndedProgram {
  /**
   * `ended` by itself; `signalled`: killed by somebody; `late`: stopped after its time; `too-much`: it wrote more than
   * is read; `stopped`: by the signal of the caller.
   */
  readonly how: "ended" | "signalled" | "late" | "too-much" | "stopped";
  /** Exit status; 128 and the number of the signal for one that a signal ended. */
  readonly code: number;
  /** The signal that ended it. */
  readonly signal: Deno.Signal | null;
  readonly stdout: Uint8Array<ArrayBuffer>;
  /** Empty where the policy keeps both as one. */
  readonly stderr: Uint8Array<ArrayBuffer>;
  /** Whether it wrote more than is kept. */
  readonly truncated: boolean;
}

/** What a timer holds: 24 days. */
const LONGEST_TIMER = 0x7fffffff;

/** Runs a program to its end, or stops it; see the policy for how. Never rejects. */
export async function runProgram(
  name: PolicyName,
  words: readonly string[],
  options: RunOptions = {},
): Promise<EndedProgram | StartFailure> {
  const { input, signal } = options;
  if (signal?.aborted === true) return { why: "stopped", reason: "the daemon ends" };
  const stdin = options.stdin ?? (input === undefined ? "null" : "piped");
  const program = startProgram(name, words, { ...options, stdin });
  if (!isFailure(program) || program.why !== "busy") options.onStart?.();
  if (isFailure(program)) return program;
  const policy = policyOf(name);
  const stopper = new Stopper(program, policy.grace);
  const onOverflow = policy.overflow === "kill" ? () => stopper.stop("too-much") : undefined;
  const stdout = new BoundedOutput(policy.outputBytes, onOverflow);
  const stderr = policy.together ? stdout : new BoundedOutput(policy.outputBytes, onOverflow);
  const streams: Reading[] = [
    ...(options.stdout === "inherit" ? [] : [stdout.collect(program.stdout)]),
    ...(options.stderr === "inherit" ? [] : [stderr.collect(program.stderr)]),
    ...(input === undefined ? [] : [feed(program, input)]),
  ];
  const { milliseconds = policy.milliseconds } = options;
  const timer = milliseconds === Infinity
    ? undefined
    : setTimeout(() => stopper.stop("late"), Math.min(milliseconds, LONGEST_TIMER));
  const onAbort = (): void => stopper.stop("stopped");
  signal?.addEventListener("abort", onAbort);
  const status = await program.status;
  clearTimeout(timer);
  signal?.removeEventListener("abort", onAbort);
  // What it started had its time as well.
  if (stopper.finish() !== undefined) program.kill();
  if (!await settleStreams(streams) && !policy.leavesChildren) program.kill();
  return {
    how: stopper.why ?? (status.signal === null ? "ended" : "signalled"),
    code: status.code,
    signal: status.signal,
    stdout: stdout.bytes(),
    stderr: policy.together ? new Uint8Array() : stderr.bytes(),
    truncated: stdout.truncated || stderr.truncated,
  };
}

/** Ends a program, for the first reason there is. */
class Stopper {
  readonly #program: StartedProgram;
  readonly #grace: number;
  #why: "late" | "too-much" | "stopped" | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(program: StartedProgram, grace: number) {
    this.#program = program;
    this.#grace = grace;
  }

  get why(): "late" | "too-much" | "stopped" | undefined {
    return this.#why;
  }

  stop(why: "late" | "too-much" | "stopped"): void {
    if (this.#why !== undefined) return;
    this.#why = why;
    if (this.#grace === 0) return this.#program.kill();
    this.#program.kill("SIGTERM");
    this.#timer = setTimeout(() => this.#program.kill(), this.#grace);
  }

  /** It has ended. */
  finish(): typeof this.why {
    clearTimeout(this.#timer);
    return this.#why;
  }
}

/** Writes what there is to read for it. One that ends without reading everything says why by its status. */
function feed(program: StartedProgram, input: Uint8Array | string): Reading {
  const writer = program.stdin.getWriter();
  const write = async (): Promise<void> => {
    try {
      await writer.write(typeof input === "string" ? new TextEncoder().encode(input) : input);
      await writer.close();
    } catch {
      await writer.abort().catch(() => {});
    }
  };
  return { done: write(), cancel: () => void writer.abort().catch(() => {}) };
}
