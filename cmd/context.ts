/**
 * The streams and the environment that a command uses.
 *
 * @module
 */
import { systemReasonOf } from "../lib/errors/reason.ts";
import { HintedError } from "../lib/errors/hinted_error.ts";
import { forTerminal } from "../lib/one_line.ts";

/** The streams and the environment of one run. Tests pass their own. */
export interface Context {
  /**
   * Writes to standard output without adding a newline. On a terminal, control characters are spelt out; a file or a
   * program gets the text unchanged. Throws an `UnreadOutput` when the reader has ended, and a `HintedError` when the
   * text cannot be written.
   */
  out(text: string): void;
  /**
   * Writes to standard error, with control characters spelt out. Never throws: text that cannot be written is lost, and
   * the program continues.
   */
  err(text: string): void;
  /** Whether standard output is a terminal, for a person rather than a program. */
  readonly isTerminal: boolean;
  /** Whether standard error is a terminal. */
  readonly isErrorTerminal: boolean;
  /** Whether terminals may get colour: NO_COLOR is not set, and TERM is not `dumb`. */
  readonly usesColor: boolean;
  /**
   * Columns of the terminal of standard error or output; `undefined` without a terminal, or if it does not report them.
   */
  columns?(): number | undefined;
  /** A variable of the environment. */
  env(name: string): string | undefined;
}

/**
 * Exit statuses of the subcommands. As `fwknopd` or as the C client, only 0, 1 and `unread` occur. `unread` is 128 plus
 * the number of SIGPIPE: a shell shows it for a program that wrote to a pipe without a reader. The runtime ignores the
 * signal.
 */
export const ExitCode = { ok: 0, failure: 1, usage: 2, unread: 141 } as const;

/** The reader of the output has ended, as `head` does. The run ends with {@link ExitCode.unread} and prints nothing. */
export class UnreadOutput extends Error {
  override readonly name = "UnreadOutput";
}

/** The error to throw when standard output cannot be written: an {@link UnreadOutput} if its reader has ended. */
export function outputFailure(cause: unknown): UnreadOutput | HintedError {
  return cause instanceof Deno.errors.BrokenPipe
    ? new UnreadOutput("the output has no reader", { cause })
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
    // There is no other stream to report it. The program continues: a daemon that ended here would leave its rules
    // behind.
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
