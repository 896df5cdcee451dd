/**
 * Runs the user's gpg, once, as a child process without a shell.
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
import { parseStatus, type StatusLine } from "./status.ts";

/** Which gpg, with which keys. */
export interface GpgProgram {
  /** Path of the program; absent: `gpg` of the PATH. */
  readonly program?: string | undefined;
  /** Absent: gpg's own choice. */
  readonly homeDirectory?: string | undefined;
  /** The child's whole environment. */
  readonly environment: Readonly<Record<string, string>>;
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

/** Bytes of each stream that are read: SPA packets and listings of a few keys are far smaller. */
const MAX_OUTPUT = 1 << 20;

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
  const path = program.program ?? "gpg";
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(path, {
      args: words(program, command),
      clearEnv: true,
      env: { ...program.environment },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    const missing = error instanceof Deno.errors.NotFound;
    return { ran: false, reason: `${path} ${missing ? "was not found" : "cannot be run"}` };
  }
  return await attend(child, path, milliseconds, frameInput(passphrase, input));
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

async function attend(
  child: Deno.ChildProcess,
  path: string,
  milliseconds: number,
  input: Uint8Array,
): Promise<GpgRun> {
  const output = new BoundedReader(child.stdout);
  const errors = new BoundedReader(child.stderr);
  let reason: string | undefined;
  const end = (why: string): void => {
    reason ??= why;
    kill(child);
    // An agent that gpg has started may hold the pipes open.
    output.cancel();
    errors.cancel();
  };
  const timer = setTimeout(
    () => end(`no answer from ${path} within ${milliseconds} ms`),
    milliseconds,
  );
  try {
    const tooMuch = (): void => end(`${path} says too much`);
    const [result, text] = await Promise.all([
      output.read(tooMuch),
      errors.read(tooMuch),
      feed(child, input),
    ]);
    const { code } = await child.status;
    if (reason !== undefined) return { ran: false, reason };
    return { ran: true, code, output: result, status: parseStatus(new TextDecoder().decode(text)) };
  } finally {
    clearTimeout(timer);
  }
}

async function feed(child: Deno.ChildProcess, input: Uint8Array): Promise<void> {
  const writer = child.stdin.getWriter();
  try {
    await writer.write(input);
    await writer.close();
  } catch {
    // It ended without reading everything; its status lines tell why.
    await writer.abort().catch(() => {});
  }
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It is gone already.
  }
}

/** Reads a stream to its end, but not more than {@link MAX_OUTPUT}. */
class BoundedReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  /** @param tooMuch is called once when there is more. */
  async read(tooMuch: () => void): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let length = 0;
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) return concatBytes(...parts);
      length += value.length;
      if (length > MAX_OUTPUT) {
        tooMuch();
        return new Uint8Array();
      }
      parts.push(value);
    }
  }

  cancel(): void {
    this.#reader.cancel().catch(() => {});
  }
}
