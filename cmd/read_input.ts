/**
 * Reads files that the command line names.
 *
 * @module
 */

/** All bytes. @param path `-` is standard input. */
export async function readInput(path: string): Promise<Uint8Array> {
  return path === "-"
    ? new Uint8Array(await new Response(Deno.stdin.readable).arrayBuffer())
    : await Deno.readFile(path);
}
