/**
 * A run of the program whose standard output nobody reads any more, as with `fwknop … | true`.
 *
 * @module
 */
import { SOURCE_PROGRAM } from "./first_knock.ts";

/**
 * How it ends. The program starts only when the reading end is closed: otherwise a short text would be written in time now
 * and then.
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

/** A knock that arrives nowhere, for whoever the packet comes from. */
export const AIMLESS_KNOCK: readonly string[] = [
  ...["knock", "--no-rc-file", "-s", "-D", "127.0.0.1", "-p", "9"],
  ...["--key-rijndael", "k"],
];
