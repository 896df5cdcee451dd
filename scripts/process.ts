/**
 * Child processes for the scripts: runs one to its end and keeps its output.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** How a child process ended. */
export interface Ended {
  /** Exit status; 128 + signal number when a signal ended it, 127 when it could not be started. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and how to run a program. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Seconds after which it is killed; the status is then {@link TIMED_OUT}. */
  readonly limit?: number;
  /** A file that gets both streams while the program runs, so that a developer can follow it. */
  readonly log?: string;
}

/** Status of a program that was killed for taking too long, as `timeout` of the coreutils gives it. */
export const TIMED_OUT = 124;

/** Runs a program without a shell and waits for its end. A missing program gives status 127. */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ended> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args: [...args],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      // Colours make the output of the child harder to parse.
      env: { NO_COLOR: "1", ...options.env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    return { code: 127, stdout: "", stderr: `${program}: not found` };
  }
  using log = options.log === undefined ? undefined : Deno.createSync(options.log);
  let late = false;
  const timer = options.limit === undefined ? undefined : setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, options.limit * 1000);
  const ended = child.status.finally(() => clearTimeout(timer));
  const [stdout, stderr, { code }] = await Promise.all([
    readAll(child.stdout, ended, log),
    readAll(child.stderr, ended, log),
    ended,
  ]);
  return { code: late ? TIMED_OUT : code, stdout, stderr };
}

/** How long a stream may stay open after its process has ended: a grandchild may hold it for ever. */
const GRACE = 2000;

async function readAll(
  stream: ReadableStream<Uint8Array>,
  ended: Promise<unknown>,
  log: Deno.FsFile | undefined,
): Promise<string> {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let timer: ReturnType<typeof setTimeout> | undefined;
  void ended.then(() => {
    timer = setTimeout(() => void reader.cancel(), GRACE);
  });
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    log?.writeSync(value);
    text += decoder.decode(value, { stream: true });
  }
  await ended;
  clearTimeout(timer);
  return text;
}

/** Runs a program that must succeed: throws with its output when it fails. */
export async function mustRun(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, options);
  if (code === 0) return stdout;
  const said = (stderr.trim() || stdout.trim()).split("\n").slice(-5).join("\n");
  throw new Error(`${program} ${args.join(" ")} ended with status ${code}:\n${said}`);
}

/** Folders of administration programs, which are not on every user's PATH. */
const ADMIN_FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** The full path of a program on PATH or among the administration programs, or `undefined`. */
export function findProgram(name: string): string | undefined {
  const windows = Deno.build.os === "windows";
  const folders = (Deno.env.get("PATH") ?? "").split(windows ? ";" : ":");
  for (const folder of [...folders, ...(windows ? [] : ADMIN_FOLDERS)]) {
    for (const suffix of windows ? [".exe", ".cmd", ""] : [""]) {
      const path = `${folder}/${name}${suffix}`;
      try {
        if (folder !== "" && Deno.statSync(path).isFile) return path;
      } catch {
        // It is not in this folder.
      }
    }
  }
  return undefined;
}

/** `npx`, which carries other versions of Deno than the one that runs. */
export function npx(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return run(findProgram("npx") ?? "npx", ["--yes", ...args], options);
}

/** The root of the source tree, with a slash at its end. */
export const ROOT: string = fileURLToPath(new URL("..", import.meta.url));
