/**
 * What a command may use of the process it runs in.
 *
 * @module
 */
import { systemReasonOf } from "../lib/errors/reason.ts";
import { HintedError } from "../lib/errors/hinted_error.ts";
import { forTerminal } from "../lib/one_line.ts";

/** The streams and the environment of one run. Tests pass their own. */
export interface Context {
  /**
   * Writes to standard output, no newline is added: what acts on a terminal is spelt out there, and goes as given to a
   * file or a program. Throws an `UnreadOutput` when its reader is gone, and a `HintedError` when it cannot be written.
   */
  out(text: string): void;
  /**
   * Writes to standard error, with what acts on a terminal spelt out. Never throws: what cannot be written is lost, and
   * the program goes on.
   */
  err(text: string): void;
  /** Whether standard output is a terminal, for a person rather than a program. */
  readonly isTerminal: boolean;
  /** Whether standard error is a terminal. */
  readonly isErrorTerminal: boolean;
  /** Whether terminals may get colour: NO_COLOR is not set, and TERM is not `dumb`. */
  readonly usesColor: boolean;
  /** Columns of the terminal behind standard error or output; `undefined` where there is none, or it does not say. */
  columns?(): number | undefined;
  /** A variable of the environment. */
  env(name: string): string | undefined;
}

/**
 * Exit statuses of the subcommands; as `fwknopd` or as the C client only 0 and 1 occur, and `unread`: 128 and the
 * number of SIGPIPE, which a shell shows for a program that wrote to a pipe nobody reads. The runtime ignores the signal.
 */
export const ExitCode = { ok: 0, failure: 1, usage: 2, unread: 141 } as const;

/** Whoever read this output has gone, as `head` does: the run ends with {@link ExitCode.unread} and without a word. */
export class UnreadOutput extends Error {
  override readonly name = "UnreadOutput";
}

/** What to throw for an error of writing standard output: an {@link UnreadOutput} where that is what it means. */
export function outputFailure(cause: unknown): UnreadOutput | HintedError {
  return cause instanceof Deno.errors.BrokenPipe
    ? new UnreadOutput("nobody reads the output", { cause })
    : new HintedError(`Cannot write to standard output: ${systemReasonOf(cause)}`, { cause });
}

const encoder = new TextEncoder();

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let rest = encoder.encode(text);
  while (rest.length > 0) rest = rest.subarray(stream.writeSync(rest));
}

function writeOutput(text: string): void {
  try {
    writeAll(Deno.stdout, text);
  } catch (cause) {
    throw outputFailure(cause);
  }
}

function writeError(text: string): void {
  try {
    writeAll(Deno.stderr, forTerminal(text));
  } catch {
    // There is no other place to say it. What is being done goes on: a daemon that ended here would leave its rules behind.
  }
}

function terminalColumns(): number | undefined {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return undefined;
  }
}

/** The context of the real process. */
export function processContext(): Context {
  const isTerminal = Deno.stdout.isTerminal();
  return {
    out: isTerminal ? (text) => writeOutput(forTerminal(text)) : writeOutput,
    err: writeError,
    isTerminal,
    isErrorTerminal: Deno.stderr.isTerminal(),
    usesColor: (Deno.env.get("NO_COLOR") ?? "") === "" && Deno.env.get("TERM") !== "dumb",
    columns: terminalColumns,
    env: (name) => Deno.env.get(name),
  };
}
