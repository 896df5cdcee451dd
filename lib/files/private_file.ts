/**
 * Making and replacing files that hold keys.
 *
 * @module
 */
import { ifThere } from "./if_there.ts";
import { replaceFile, writeAll } from "./replace_file.ts";

/**
 * Replaces a file in one step, readable by the owner alone from its first byte on. A symbolic link keeps pointing where
 * it did. What is not a file (a terminal, a pipe, `/dev/null`) is written to: root would put a file in the place of the
 * device.
 *
 * @param isDurable whether to wait until it is on the disk; without it a power cut may leave an empty file.
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
 * Makes a file, readable by the owner alone; nothing is left of one that cannot be written to its end.
 *
 * @throws the system's errors, and where there is something already.
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

/** Whether a path leads to something that is neither file nor folder, `/dev/stdout` for one. */
export function isSpecialFile(path: string): boolean {
  const info = ifThere(() => Deno.statSync(path));
  return info !== undefined && !info.isFile && !info.isDirectory;
}
