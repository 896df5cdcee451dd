/**
 * Folders that last as long as a test.
 *
 * @module
 */

/** Makes a folder of its own for the body and removes it with all it holds, however the body ends. */
export async function withFolder(body: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
