/**
 * Replacing files that hold keys.
 *
 * @module
 */

/**
 * Replaces a file in one step, readable by the owner alone from its first byte on: a reader sees the old text
 * or the new one, a crash loses neither. A symbolic link keeps pointing where it did. What is not a file (a terminal,
 * a pipe, `/dev/null`) is written to: root would put a file in the place of the device.
 *
 * @throws the system's errors.
 */
export async function replacePrivateFile(
  path: string,
  content: string | Uint8Array,
): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  if (await isSpecialFile(path)) return await Deno.writeFile(path, bytes, { create: false });
  const target = await realPath(path);
  const slash = target.search(Deno.build.os === "windows" ? /[\\/][^\\/]*$/ : /\/[^\/]*$/);
  const directory = slash < 0 ? "." : target.slice(0, slash + 1);
  const temporary = await Deno.makeTempFile({ dir: directory, prefix: ".fwknop-" });
  try {
    // makeTempFile makes it 0600.
    await Deno.writeFile(temporary, bytes);
    await Deno.rename(temporary, target);
  } catch (error) {
    await Deno.remove(temporary);
    throw error;
  }
}

/** Whether a path leads to something that is neither file nor folder, `/dev/stdout` for one. */
export async function isSpecialFile(path: string): Promise<boolean> {
  try {
    const { isFile, isDirectory } = await Deno.stat(path);
    return !isFile && !isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function realPath(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return path;
    throw error;
  }
}
