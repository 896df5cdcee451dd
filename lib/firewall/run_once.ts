/**
 * Running a firewall program to its end.
 *
 * @module
 */
import { CHILD_ENVIRONMENT } from "./child_environment.ts";
import { CANNOT_RUN, type Command, NOT_FOUND, type Outcome } from "./plan.ts";

/**
 * Runs a command without a shell, with an empty environment but for PATH, and waits for its end. After
 * `milliseconds` it is killed. Never rejects: a program that cannot be started ends with status 126 or 127
 * and the reason in place of its error output.
 */
export async function runOnce(command: Command, milliseconds: number): Promise<Outcome> {
  const { words, document } = command;
  const [program = "", ...args] = words;
  let late = false;
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args,
      ...CHILD_ENVIRONMENT,
      stdin: document === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    const missing = error instanceof Deno.errors.NotFound;
    const stderr = missing ? "not found" : "cannot be run";
    return { words, code: missing ? NOT_FOUND : CANNOT_RUN, stdout: "", stderr };
  }
  const timer = setTimeout(() => {
    late = true;
    kill(child);
  }, milliseconds);
  try {
    if (document !== undefined) await feed(child, document);
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    const complaint = late ? `no answer within ${milliseconds} ms\n` : "";
    return {
      words,
      code,
      stdout: decoder.decode(stdout),
      stderr: complaint + decoder.decode(stderr),
      ...(late ? { late } : {}),
    };
  } finally {
    clearTimeout(timer);
  }
}

async function feed(child: Deno.ChildProcess, document: string): Promise<void> {
  const writer = child.stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(document));
    await writer.close();
  } catch {
    // It ended without reading everything: its exit status tells why.
    await writer.abort().catch(() => {});
  }
}

/** Kills a child that may have ended by itself. */
export function kill(child: Pick<Deno.ChildProcess, "kill">): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It is gone already.
  }
}
