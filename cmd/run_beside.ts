/**
 * Runs what follows when the port is open: a command with the terminal, or a connection to the port.
 *
 * @module
 */
import { systemReasonOf } from "../lib/errors/reason.ts";
import { isFailure, startProgram } from "../lib/exec/start.ts";
import { HintedError } from "../lib/errors/hinted_error.ts";
import { outputFailure } from "./context.ts";

/** Signals that are passed on to the command and do not end this process. The terminal sends the others to both. */
const FORWARDED: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? []
  : ["SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"];

/**
 * Runs a command with this process's streams and returns its exit status, 128 and the number for a signal.
 *
 * @throws {HintedError} when the program cannot be started.
 */
export async function runBeside(words: readonly string[]): Promise<number> {
  const child = startProgram("user", words, {
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  });
  if (isFailure(child)) {
    throw new HintedError(`${words[0] ?? ""} cannot be run: ${child.reason}`, {
      hint: child.why === "missing" ? "is it in the PATH?" : "try it by hand",
    });
  }
  const listeners = FORWARDED.map((signal) => listen(signal, () => child.kill(signal)));
  // Ctrl-C reaches the command by the terminal. This process stays, to return the command's exit status.
  listeners.push(listen("SIGINT", () => {}));
  try {
    const { code } = await child.status;
    return code;
  } finally {
    for (const stop of listeners) stop();
  }
}

function listen(signal: Deno.Signal, handler: () => void): () => void {
  Deno.addSignalListener(signal, handler);
  return () => Deno.removeSignalListener(signal, handler);
}

/**
 * Joins standard input and output to a connection until the far end closes it.
 *
 * @throws {HintedError} when the connection breaks.
 * @throws {UnreadOutput} when standard output has no reader any more, for example because ssh has ended.
 */
export async function joinStreams(connection: Deno.TcpConn): Promise<void> {
  connection.setNoDelay(true);
  // The end of our input is passed to the far end, which may still send. An error on this side ends the reading below
  // too.
  sendInput(connection).catch(() => {});
  const buffer = new Uint8Array(65536);
  try {
    for (;;) {
      const count = await receive(connection, buffer);
      if (count === null) return;
      await writeOutput(buffer.subarray(0, count));
    }
  } finally {
    connection.close();
  }
}

async function receive(connection: Deno.TcpConn, buffer: Uint8Array): Promise<number | null> {
  try {
    return await connection.read(buffer);
  } catch (cause) {
    throw new HintedError(`the connection broke: ${systemReasonOf(cause)}`, { cause });
  }
}

async function writeOutput(bytes: Uint8Array): Promise<void> {
  try {
    for (let rest = bytes; rest.length > 0;) {
      rest = rest.subarray(await Deno.stdout.write(rest));
    }
  } catch (cause) {
    throw outputFailure(cause);
  }
}

async function sendInput(connection: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(65536);
  for (;;) {
    const count = await Deno.stdin.read(buffer);
    if (count === null) return await connection.closeWrite();
    for (let rest = buffer.subarray(0, count); rest.length > 0;) {
      rest = rest.subarray(await connection.write(rest));
    }
  }
}
