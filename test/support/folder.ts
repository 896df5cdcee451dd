/**
 * Folders that last as long as a test.
 *
 * @module
 */

/** Makes a temporary folder for the body, and removes it with its content even if the body fails. */
export async function withFolder<T>(body: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    return await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
