/**
 * Runs one command that the administrator, or a trusted packet, names.
 *
 * @module
 */
import { outputLines } from "../exec/bounded_output.ts";
import { runProgram } from "../exec/run.ts";
import type { Identity } from "../exec/start.ts";

/** When commands are stopped. */
export interface CommandLimits {
  /** Seconds after which a command is stopped. */
  readonly seconds: number;
  /** Stops command messages and open commands of cycles, and prevents their start. */
  readonly ending?: AbortSignal;
}

/** One command. */
export interface CommandRun {
  readonly kind: "command" | "cycle";
  /** Number of the stanza for which it runs. */
  readonly stanza: number;
  /** Absent: the identity of this process. */
  readonly identity?: Identity | undefined;
  /** Whether the command runs to its end when the daemon ends. */
  readonly outlivesStop?: boolean;
  /** Called when the command starts; not called when no slot is free. */
  readonly onStart?: (() => void) | undefined;
}

/** How a command ended. */
export interface CommandOutcome {
  /** `ended`: it exited; `signalled`: another process killed it; `late`, `stopped`: we stopped it; `not-started`. */
  readonly how: "ended" | "signalled" | "late" | "stopped" | "not-started";
  /** Exit status, or the number of the signal that ended it; 255 when it was not started. */
  readonly status: number;
  /** Lines of both outputs, or why the command was not started. The lines may contain any characters. */
  readonly output: readonly string[];
  /** Whether the command wrote more than is kept. */
  readonly truncated: boolean;
}

/** Deno adds this to the number of a signal to make a status, as shells do. */
const SIGNAL_BASE = 128;

/**
 * Runs a command to its end, without input. After its time limit its process group gets SIGTERM, and SIGKILL two
 * seconds later. Never rejects.
 *
 * @returns the outcome, or why no slot is free.
 */
export async function executeCommand(
  words: readonly string[],
  { seconds, ending }: CommandLimits,
  { kind, stanza, identity, outlivesStop = false, onStart }: CommandRun,
): Promise<CommandOutcome | string> {
  const ended = await runProgram(kind, words, {
    milliseconds: seconds * 1000,
    stanza,
    identity,
    signal: outlivesStop ? undefined : ending,
    onStart,
  });
  if ("why" in ended) {
    if (ended.why === "busy" || ended.why === "stopped") return ended.reason;
    return { how: "not-started", status: 255, output: [ended.reason], truncated: false };
  }
  const { how, code, signal, stdout, truncated } = ended;
  return {
    // Output beyond the limit is discarded and does not stop the command.
    how: how === "too-much" ? "signalled" : how,
    status: signal === null ? code : code - SIGNAL_BASE,
    output: outputLines(stdout),
    truncated,
  };
}
