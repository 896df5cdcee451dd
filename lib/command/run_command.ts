/**
 * Running one program that the administrator, or a packet he trusts, names.
 *
 * @module
 */
import { BoundedText } from "./bounded_text.ts";

/** Who a command runs as; both always together, and without any other group. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** What all commands have in common. */
export interface CommandSurroundings {
  /** Where programs without a `/` in their name are looked for; all that a command sees of the environment. */
  readonly path: string;
  /** Seconds after which a command is stopped. */
  readonly seconds: number;
  /** Called right before a program is started: keeps the descriptors of this process out of it. */
  readonly guardDescriptors: () => void;
}

/** How a command ended. */
export interface CommandOutcome {
  /** `ended` by itself; `signalled`: killed by somebody; `late`: stopped by us; `not-started`. */
  readonly how: "ended" | "signalled" | "late" | "not-started";
  /** Exit status, or the number of the signal that ended it; 255 for one that was not started. */
  readonly status: number;
  /** Lines of what it wrote, on both outputs, or why it was not started. Anything can be in them. */
  readonly output: readonly string[];
  /** Whether it wrote more than is kept. */
  readonly truncated: boolean;
}

/** Bytes kept of what a command writes. */
const OUTPUT_LIMIT = 4096;
/** Milliseconds between the request to stop and the order to. */
const GRACE = 2000;
/** What Deno adds to the number of a signal to make a status of it, as shells do. */
const SIGNAL_BASE = 128;
/** Milliseconds to wait for the end of the output after the end of the program. */
const LINGER = 200;

/**
 * Runs a command to its end, without a shell: no input, no descriptor of ours, no environment but PATH, in the folder
 * `/`, leader of a session of its own. After its time it and its process group get SIGTERM, and SIGKILL two
 * seconds later. Never rejects.
 *
 * On Deno 2.4 and 2.9 `uid` or `gid` alone also clear the supplementary groups (a test holds that down); what would
 * be left of root is the other id, so they come together.
 */
export async function runCommand(
  words: readonly string[],
  { path, seconds, guardDescriptors }: CommandSurroundings,
  identity?: Identity,
): Promise<CommandOutcome> {
  const [program = "", ...args] = words;
  let child: Deno.ChildProcess;
  try {
    guardDescriptors();
    child = new Deno.Command(program, {
      args,
      ...identity,
      cwd: "/",
      clearEnv: true,
      env: { PATH: path },
      detached: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    return { how: "not-started", status: 255, output: [reasonOf(error)], truncated: false };
  }
  const text = new BoundedText(OUTPUT_LIMIT);
  const reading = [text.collect(child.stdout), text.collect(child.stderr)];
  const stopper = stopAfter(child, seconds);
  const status = await child.status;
  stopper.cancel();
  // What it started had its two seconds as well, or less.
  if (stopper.isLate()) signalGroup(child, "SIGKILL");
  // Somebody it started may hold the outputs open for years.
  await within(LINGER, Promise.all(reading.map(({ done }) => done)));
  for (const { cancel } of reading) cancel();
  const how = stopper.isLate() ? "late" : status.signal === null ? "ended" : "signalled";
  return {
    how,
    status: status.signal === null ? status.code : status.code - SIGNAL_BASE,
    output: text.lines(),
    truncated: text.truncated,
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "No such file or directory";
  const message = error instanceof Error ? error.message : String(error);
  // "Failed to spawn 'x': Permission denied (os error 13)"
  return /: ([^:]+) \(os error \d+\)/.exec(message)?.[1] ?? message;
}

function stopAfter(
  child: Deno.ChildProcess,
  seconds: number,
): { readonly cancel: () => void; readonly isLate: () => boolean } {
  let late = false;
  let timer = setTimeout(() => {
    late = true;
    signalGroup(child, "SIGTERM");
    timer = setTimeout(() => signalGroup(child, "SIGKILL"), GRACE);
  }, Math.min(seconds * 1000, LONGEST_TIMER));
  return { cancel: () => clearTimeout(timer), isLate: () => late };
}

/** What a timer holds: 24 days. */
const LONGEST_TIMER = 0x7fffffff;

/** The child leads its group, so everything it started and did not move elsewhere is in it. */
function signalGroup(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    Deno.kill(-child.pid, signal);
  } catch {
    // It is gone already.
  }
}

async function within(milliseconds: number, promise: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = new Promise((resolve) => timer = setTimeout(resolve, milliseconds));
  await Promise.race([promise, end]);
  clearTimeout(timer);
}
