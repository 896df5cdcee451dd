/**
 * Creates and replaces files that hold keys.
 *
 * @module
 */
import { ifThere } from "./if_there.ts";
import { replaceFile, writeAll } from "./replace_file.ts";

/**
 * Replaces a file in one step. Only the owner can read the new file, from its first byte on. If the path is a symbolic
 * link, the link stays and its target is replaced. A path that is not a file (a terminal, a pipe, `/dev/null`) is
 * written to; otherwise root would replace the device by a file.
 *
 * @param isDurable whether to wait until the content is on the disk; otherwise a power cut may leave an empty file.
 * @throws the system's errors.
 */
export async function replacePrivateFile(
  path: string,
  content: string | Uint8Array,
  isDurable = true,
): Promise<void> {
  if (isSpecialFile(path)) {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    return await Deno.writeFile(path, bytes, { create: false });
  }
  const target = ifThere(() => Deno.realPathSync(path)) ?? path;
  replaceFile(target, content, { writers: "several", isDurable }).close();
}

/**
 * Creates a file that only the owner can read. Removes it again if it cannot be written completely.
 *
 * @throws the system's errors, also if the path exists already.
 */
export function createPrivateFile(path: string, text: string): void {
  using file = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
  try {
    writeAll(file, text);
    file.syncDataSync();
  } catch (error) {
    Deno.removeSync(path);
    throw error;
  }
}

/** Whether a path exists and is neither a file nor a folder, for example `/dev/stdout`. */
export function isSpecialFile(path: string): boolean {
  const info = ifThere(() => Deno.statSync(path));
  return info !== undefined && !info.isFile && !info.isDirectory;
}
