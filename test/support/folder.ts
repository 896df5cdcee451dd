/**
 * Folders that last as long as a test.
 *
 * @module
 */

/** Makes a folder of its own for the body and removes it with all it holds, however the body ends. */
export async function withFolder<T>(body: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    return await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
