/**
 * Runs gpg once, as a child process without a shell.
 *
 * **One pipe in.** A child of Deno has only standard input for its input, and gpg needs two inputs: a passphrase, which
 * must not be an argument, because every user can read arguments, and a message. Both go through standard input:
 * `--passphrase-fd 0` reads exactly the first line, byte by byte, and leaves the rest to be read as the message. gpg
 * supports this on purpose. So no file is written, and the server can drop its permission to write.
 *
 * **Two pipes out.** Standard output is the result. Standard error holds only status lines. gpg's own messages, which
 * quote text of strangers, go to the null device, so that none of them can be mistaken for a status line (as in
 * CVE-2018-12020).
 *
 * @module
 */
import { concatBytes, textBytes } from "../crypto/bytes.ts";
import { runProgram } from "../exec/run.ts";
import { parseStatus, type StatusLine } from "./status.ts";

/** The gpg program and its keys. */
export interface GpgProgram {
  /** Path of the program. Absent: `gpg` in the PATH. */
  readonly program?: string | undefined;
  /** Absent: gpg's own choice. */
  readonly homeDirectory?: string | undefined;
  /** `gpg`: for the server, with a minimal environment. `user`: with the user's environment, terminal and agent. */
  readonly policy: "gpg" | "user";
  /** Stops the run, and prevents its start. */
  readonly signal?: AbortSignal | undefined;
}

/** One run. */
export interface GpgCommand {
  /** Options and operation, without the options of every run. */
  readonly args: readonly string[];
  readonly input?: Uint8Array;
  /** When present, even if empty, gpg uses it instead of asking. Absent: the agent asks the user when it must. */
  readonly passphrase?: Uint8Array | undefined;
  /** Time limit, after which the child is killed. */
  readonly milliseconds: number;
}

/** How a run ended. */
export type GpgRun =
  | {
    readonly ran: true;
    readonly code: number;
    readonly output: Uint8Array;
    readonly status: readonly StatusLine[];
  }
  /** gpg did not start, took too long or wrote too much; `reason` is one line without a full stop. */
  | { readonly ran: false; readonly reason: string };

const COMMON = [
  "--batch",
  "--no-tty",
  "--status-fd",
  "2",
  "--logger-file",
  Deno.build.os === "windows" ? "NUL" : "/dev/null",
  // gpg must not look up keys in the network: a stranger would decide when this host sends queries.
  "--disable-dirmngr",
];

const LINE_FEED = 0x0a;

/** Whether gpg can read this passphrase: it stops at the first line feed, and at a NUL. */
export function isPassphrase(bytes: Uint8Array): boolean {
  return !bytes.includes(LINE_FEED) && !bytes.includes(0);
}

/**
 * Runs gpg to its end; never rejects.
 *
 * @throws {TypeError} when {@link isPassphrase} is false for the passphrase.
 */
export async function runGpg(program: GpgProgram, command: GpgCommand): Promise<GpgRun> {
  const { input = new Uint8Array(), passphrase, milliseconds } = command;
  if (passphrase !== undefined && !isPassphrase(passphrase)) {
    throw new TypeError("A passphrase has neither line feeds nor NULs");
  }
  const { policy, signal, program: path = "gpg" } = program;
  const ended = await runProgram(policy, [path, ...words(program, command)], {
    input: frameInput(passphrase, input),
    milliseconds,
    signal,
  });
  if ("why" in ended) {
    const { why, reason } = ended;
    const text = why === "missing" ? "was not found" : `cannot be run: ${reason}`;
    return { ran: false, reason: `${path} ${text}` };
  }
  const { how, code, stdout, stderr } = ended;
  switch (how) {
    case "late":
      return { ran: false, reason: `no answer from ${path} within ${milliseconds} ms` };
    case "too-much":
      return { ran: false, reason: `${path} says too much` };
    case "stopped":
      return { ran: false, reason: `${path} was stopped, because the server ends` };
    default:
      return {
        ran: true,
        code,
        output: stdout,
        status: parseStatus(new TextDecoder().decode(stderr)),
      };
  }
}

/** Prepends the passphrase as the first line, if gpg reads one. */
function frameInput(passphrase: Uint8Array | undefined, input: Uint8Array): Uint8Array {
  return passphrase === undefined ? input : concatBytes(passphrase, textBytes("\n"), input);
}

function words({ homeDirectory }: GpgProgram, { args, passphrase }: GpgCommand): string[] {
  return [
    ...COMMON,
    ...(homeDirectory === undefined ? [] : ["--homedir", homeDirectory]),
    ...(passphrase === undefined ? [] : ["--pinentry-mode", "loopback", "--passphrase-fd", "0"]),
    ...args,
  ];
}
