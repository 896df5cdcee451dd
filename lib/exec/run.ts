/**
 * Runs a program to its end.
 *
 * @module
 */
import { BoundedOutput, type StreamReading } from "./bounded_output.ts";
import { settleStreams } from "./linger.ts";
import { type PolicyName, policyOf } from "./policy.ts";
import { isFailure, type StartedProgram, type StartOptions, startProgram } from "./start.ts";
import type { StartFailure } from "./start_failure.ts";

/** Options of one run. */
export interface RunProgramOptions extends StartOptions {
  /** The standard input. Absent: empty. */
  readonly input?: Uint8Array | string | undefined;
  /** Time limit. Absent: the limit of the policy. */
  readonly milliseconds?: number | undefined;
  /** Stops the program, and prevents its start. */
  readonly signal?: AbortSignal | undefined;
  /** Called once the program has its slot: right after the start, or when the program could not be started. */
  readonly onStart?: (() => void) | undefined;
}

/** How a program ended. The outputs hold what was read until then. */
export interface EndedProgram {
  /**
   * `ended`: it exited; `signalled`: another process killed it; `late`: stopped after its time limit; `too-much`: it
   * wrote more than is read; `stopped`: the caller's signal stopped it.
   */
  readonly how: "ended" | "signalled" | "late" | "too-much" | "stopped";
  /** Exit status, or 128 plus the number of the signal that ended the program. */
  readonly code: number;
  /** The signal that ended the program. */
  readonly signal: Deno.Signal | null;
  readonly stdout: Uint8Array<ArrayBuffer>;
  /** Empty where the policy keeps both outputs as one. */
  readonly stderr: Uint8Array<ArrayBuffer>;
  /** Whether the program wrote more than is kept. */
  readonly truncated: boolean;
}

/** The longest delay of a timer in milliseconds: 24 days. */
const LONGEST_TIMER = 0x7fffffff;

/** Runs a program to its end, or stops it as the policy says. Never rejects. */
export async function runProgram(
  name: PolicyName,
  words: readonly string[],
  options: RunProgramOptions = {},
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
  const streams: StreamReading[] = [
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
  // The program's children had the same time.
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

/** Stops a program, for the first reason that occurs. */
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

  /** The program has ended. */
  finish(): typeof this.why {
    clearTimeout(this.#timer);
    return this.#why;
  }
}

/** Writes the program's input. A program that exits before it has read everything gives the reason by its status. */
function feed(program: StartedProgram, input: Uint8Array | string): StreamReading {
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
