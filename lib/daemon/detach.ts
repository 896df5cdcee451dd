/**
 * Starts the daemon in the background. Deno cannot fork, so the program starts itself again in a new session, and the
 * caller waits for its answer. The caller's exit status says whether the daemon runs, unlike the C daemon's
 * (`docs/spec/server.md` 13 and 16, row 13).
 *
 * @module
 */
import { silenceStandardStreams } from "../../ffi/standard_streams.ts";
import { isFailure, startProgram } from "../exec/start.ts";
import { HintedError } from "../errors/hinted_error.ts";

/** The variable that marks a program started by {@link startDetached}. */
const MARK = "FWKNOP_DETACHED";
/** The daemon writes this to standard output when it is ready. */
const READY = "ready\n";
/** Group and others may not write to files that the daemon's commands make. */
const FILE_MODE_MASK = 0o022;

/** How the start ended, as the caller sees it. */
export type DetachOutcome =
  | { readonly started: true; readonly pid: number }
  /** The daemon wrote the reason to standard error. */
  | { readonly started: false; readonly code: number };

/**
 * Starts a program in a new session and waits until it is ready or has failed. It writes to our standard error until
 * then.
 *
 * @param command program and arguments: usually {@link ownCommand}.
 * @throws {HintedError} when the program cannot be started at all.
 */
export async function startDetached(command: readonly string[]): Promise<DetachOutcome> {
  const child = startProgram("daemon", command, {
    environment: { [MARK]: "1" },
    stdin: "null",
    stderr: "inherit",
  });
  if (isFailure(child)) {
    throw new HintedError(`Cannot start ${command[0]} again as a daemon: ${child.reason}`, {
      hint: "Run it with -f (--foreground)",
    });
  }
  const isReady = await saysReady(child.stdout);
  if (!isReady) return { started: false, code: (await child.status).code || 1 };
  child.unref();
  return { started: true, pid: child.pid };
}

/** The command that starts this program again, from source or compiled. */
export function ownCommand(args: readonly string[]): string[] {
  return Deno.build.standalone
    ? [Deno.execPath(), ...args]
    : [Deno.execPath(), "run", "--allow-all", "--no-prompt", "--quiet", Deno.mainModule, ...args];
}

/** Whether this process must become the daemon. Deletes the mark, so that programs started later do not inherit it. */
export function isDetached(): boolean {
  const isMarked = Deno.env.get(MARK) !== undefined;
  if (isMarked) Deno.env.delete(MARK);
  return isMarked;
}

/**
 * The last step of the start, in the daemon: answers the caller and releases its terminal and folder. Call it after
 * every step that can fail, and before any permission is dropped. From then on the daemon can write only to syslog.
 *
 * @param write writes to standard output, where the caller reads.
 */
export function reportReady(write: (text: string) => void): void {
  Deno.umask(FILE_MODE_MASK);
  Deno.chdir("/");
  try {
    write(READY);
  } catch {
    // The caller is gone. The daemon runs anyway.
  }
  silenceStandardStreams();
}

/** Whether the answer comes before the end of the stream. */
async function saysReady(stream: ReadableStream<Uint8Array>): Promise<boolean> {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return false;
    text += decoder.decode(value, { stream: true });
    if (text.endsWith(READY)) break;
  }
  await reader.cancel();
  return true;
}
