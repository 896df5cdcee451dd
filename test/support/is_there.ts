/**
 * Whether something is at a path.
 *
 * @module
 */

/** Whether there is a file, a folder or a socket. */
export function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
