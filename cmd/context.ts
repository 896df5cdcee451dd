/**
 * What a command may use of the process it runs in.
 *
 * @module
 */

/** The streams and the environment of one run. Tests pass their own. */
export interface Context {
  /** Writes to standard output, as given: no newline is added. */
  out(text: string): void;
  /** Writes to standard error, as given. */
  err(text: string): void;
  /** Whether standard output is a terminal, for a person rather than a program. */
  readonly isTerminal: boolean;
  /** Whether standard error is a terminal. */
  readonly isErrorTerminal: boolean;
  /** Whether terminals may get colour: NO_COLOR is not set. */
  readonly usesColor: boolean;
  /** A variable of the environment. */
  env(name: string): string | undefined;
}

/** Exit statuses of the subcommands; as `fwknopd` or as the C client only 0 and 1 occur. */
export const ExitCode = { ok: 0, failure: 1, usage: 2 } as const;

const encoder = new TextEncoder();

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let rest = encoder.encode(text);
  while (rest.length > 0) rest = rest.subarray(stream.writeSync(rest));
}

/** The context of the real process. */
export function processContext(): Context {
  return {
    out: (text) => writeAll(Deno.stdout, text),
    err: (text) => writeAll(Deno.stderr, text),
    isTerminal: Deno.stdout.isTerminal(),
    isErrorTerminal: Deno.stderr.isTerminal(),
    usesColor: (Deno.env.get("NO_COLOR") ?? "") === "",
    env: (name) => Deno.env.get(name),
  };
}
