/**
 * Making and replacing files that hold keys.
 *
 * @module
 */

/**
 * Replaces a file in one step, readable by the owner alone from its first byte on: a reader sees the old text
 * or the new one, a crash loses neither. A symbolic link keeps pointing where it did. What is not a file (a terminal,
 * a pipe, `/dev/null`) is written to: root would put a file in the place of the device.
 *
 * @param isDurable whether to wait until it is on the disk; without it a power cut may leave an empty file.
 * @throws the system's errors.
 */
export async function replacePrivateFile(
  path: string,
  content: string | Uint8Array,
  isDurable = true,
): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  if (await isSpecialFile(path)) return await Deno.writeFile(path, bytes, { create: false });
  const target = await realPath(path);
  const slash = target.search(Deno.build.os === "windows" ? /[\\/][^\\/]*$/ : /\/[^\/]*$/);
  const directory = slash < 0 ? "." : target.slice(0, slash + 1);
  const temporary = await Deno.makeTempFile({ dir: directory, prefix: ".fwknop-" });
  try {
    // makeTempFile makes it 0600.
    {
      using file = await Deno.open(temporary, { write: true });
      await writeAll(file, bytes);
      if (isDurable) await file.syncData();
    }
    await Deno.rename(temporary, target);
  } catch (error) {
    await Deno.remove(temporary);
    throw error;
  }
}

/**
 * Makes a file, readable by the owner alone; nothing is left of one that cannot be written to its end.
 *
 * @throws the system's errors, and where there is something already.
 */
export async function createPrivateFile(path: string, text: string): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  try {
    await writeAll(file, new TextEncoder().encode(text));
    await file.syncData();
  } catch (error) {
    await Deno.remove(path);
    throw error;
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
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
