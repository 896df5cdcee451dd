/**
 * Whether a path exists.
 *
 * @module
 */

/** Whether a file, a folder or a socket is at the path. */
export function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
