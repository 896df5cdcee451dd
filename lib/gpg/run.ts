/**
 * Runs gpg, once, as a child process without a shell.
 *
 * **One pipe in.** A child of Deno has no descriptor for input but the standard one, and gpg needs two things: a
 * passphrase, which must not stand among its arguments where every user can read it, and a message. Both go
 * through standard input: `--passphrase-fd 0` takes exactly the first line, byte by byte, and leaves the rest to be
 * read as the message. gpg caters for that on purpose. So no file is written, and the server can give up writing.
 *
 * **Two pipes out.** Standard output is the result. Status lines have standard error to themselves: gpg's own
 * messages, which quote what strangers wrote, go to the null device, so that none of them can pass for a status line
 * (as in CVE-2018-12020).
 *
 * @module
 */
import { concatBytes, textBytes } from "../crypto/bytes.ts";
import { runProgram } from "../exec/run.ts";
import { parseStatus, type StatusLine } from "./status.ts";

/** Which gpg, with which keys. */
export interface GpgProgram {
  /** Path of the program; absent: `gpg` of the PATH. */
  readonly program?: string | undefined;
  /** Absent: gpg's own choice. */
  readonly homeDirectory?: string | undefined;
  /** Whom it works for: a server's `gpg` sees next to nothing of this process, a user's the user's terminal and agent. */
  readonly policy: "gpg" | "user";
  /** Ends it, and keeps it from being started. */
  readonly signal?: AbortSignal | undefined;
}

/** One run. */
export interface GpgCommand {
  /** Options and operation, without those every run has. */
  readonly args: readonly string[];
  readonly input?: Uint8Array;
  /** Given: used in place of asking, even if empty. Absent: the agent asks whom it wants. */
  readonly passphrase?: Uint8Array | undefined;
  /** After this the child is killed. */
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
  /** It was not started, took too long or said too much; `reason` is one line without full stop. */
  | { readonly ran: false; readonly reason: string };

const COMMON = [
  "--batch",
  "--no-tty",
  "--status-fd",
  "2",
  "--logger-file",
  Deno.build.os === "windows" ? "NUL" : "/dev/null",
  // Whose signature it is must not be asked of the network: a stranger would decide when this host talks to it.
  "--disable-dirmngr",
];

const LINE_FEED = 0x0a;

/** Whether gpg can be told this passphrase: it ends at the first line feed, and at a NUL. */
export function isPassphrase(bytes: Uint8Array): boolean {
  return !bytes.includes(LINE_FEED) && !bytes.includes(0);
}

/**
 * Runs gpg to its end; never rejects.
 *
 * @throws {TypeError} for a passphrase that {@link isPassphrase} denies.
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

/** The first line is the passphrase's, if there is one to be read. */
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
