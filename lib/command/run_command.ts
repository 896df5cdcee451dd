/**
 * Running one program that the administrator, or a packet he trusts, names.
 *
 * @module
 */
import { outputLines } from "../exec/bounded_output.ts";
import { runProgram } from "../exec/run.ts";
import type { Identity } from "../exec/start.ts";

/** What all commands have in common. */
export interface CommandSurroundings {
  /** Seconds after which a command is stopped. */
  readonly seconds: number;
  /** Ends the commands of messages and the open commands of cycles, and keeps them from being started. */
  readonly ending?: AbortSignal;
}

/** What one command is. */
export interface CommandRun {
  readonly kind: "command" | "cycle";
  /** Number of the stanza it is run for. */
  readonly stanza: number;
  /** Absent: as this process. */
  readonly identity?: Identity | undefined;
  /** It is to run to its end though the daemon ends. */
  readonly outlivesStop?: boolean;
  /** Called when it is run: not for one that there is no place for. */
  readonly onStart?: (() => void) | undefined;
}

/** How a command ended. */
export interface CommandOutcome {
  /** `ended` by itself; `signalled`: killed by somebody; `late`, `stopped`: by us, after its time or at the end; `not-started`. */
  readonly how: "ended" | "signalled" | "late" | "stopped" | "not-started";
  /** Exit status, or the number of the signal that ended it; 255 for one that was not started. */
  readonly status: number;
  /** Lines of what it wrote, on both outputs, or why it was not started. Anything can be in them. */
  readonly output: readonly string[];
  /** Whether it wrote more than is kept. */
  readonly truncated: boolean;
}

/** What Deno adds to the number of a signal to make a status of it, as shells do. */
const SIGNAL_BASE = 128;

/**
 * Runs a command to its end, without input. After its time it and its process group get SIGTERM, and SIGKILL two
 * seconds later. Never rejects.
 *
 * @returns the outcome, or why there is no place for it.
 */
export async function runCommand(
  words: readonly string[],
  { seconds, ending }: CommandSurroundings,
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
    // Nothing is too much: what goes beyond is left out.
    how: how === "too-much" ? "signalled" : how,
    status: signal === null ? code : code - SIGNAL_BASE,
    output: outputLines(stdout),
    truncated,
  };
}
