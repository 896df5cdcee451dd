/**
 * A run of the program whose standard output no process reads, as with `fwknop … | true`.
 *
 * @module
 */
import { SOURCE_PROGRAM } from "./first_knock.ts";

/**
 * How the program ends. It starts only after the reading end is closed. Otherwise a short text would sometimes be written
 * in time.
 */
export async function runUnread(
  ...words: readonly string[]
): Promise<{ readonly code: number; readonly stderr: string }> {
  const child = new Deno.Command("sh", {
    args: ["-c", 'read go && exec "$@"', "sh", ...SOURCE_PROGRAM, ...words],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await child.stdout.cancel();
  const starter = child.stdin.getWriter();
  await starter.write(new TextEncoder().encode("go\n"));
  await starter.close();
  const [{ code }, stderr] = await Promise.all([child.status, new Response(child.stderr).text()]);
  return { code, stderr };
}

/** A knock that reaches no server, from any source. */
export const AIMLESS_KNOCK: readonly string[] = [
  ...["knock", "--no-rc-file", "-s", "-D", "127.0.0.1", "-p", "9"],
  ...["--key-rijndael", "k"],
];
