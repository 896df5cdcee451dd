/**
 * Replaces a file in one step.
 *
 * @module
 */
import { ifThere } from "./if_there.ts";

/** How a file is replaced. */
export interface ReplaceOptions {
  /**
   * How many processes may write this file. `one`, for example the daemon under its lock: the content is prepared in
   * `PATH.new`, so a crash leaves at most one such file. `several`, for example clients of one user: each process
   * prepares the content under a random hidden name.
   */
  readonly writers: "one" | "several";
  /** Whether to wait until the content is on the disk; otherwise a power cut may leave an empty file. */
  readonly isDurable?: boolean;
}

/**
 * Writes the content to a new file in the same folder, with mode 0600 from its first byte on, waits until it is on the
 * disk, and renames it over the file. A reader sees the old or the new content, and a crash leaves one of them. A
 * symbolic link is replaced, not followed.
 *
 * @returns the new file, open for appending; the caller closes it.
 * @throws the system's errors; the file is then unchanged.
 */
export function replaceFile(
  path: string,
  content: string | Uint8Array,
  { writers, isDurable = true }: ReplaceOptions,
): Deno.FsFile {
  const temporary = writers === "one" ? `${path}.new` : hiddenNameBeside(path);
  remove(temporary);
  const file = Deno.openSync(temporary, { append: true, createNew: true, mode: 0o600 });
  try {
    writeAll(file, content);
    if (isDurable) file.syncDataSync();
    Deno.renameSync(temporary, path);
    return file;
  } catch (error) {
    file.close();
    remove(temporary);
    throw error;
  }
}

/** Writes the whole content. */
export function writeAll(file: Deno.FsFile, content: string | Uint8Array): void {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

/** A hidden name in the same folder that no other file has. */
export function hiddenNameBeside(path: string): string {
  const slash = path.search(Deno.build.os === "windows" ? /[\\/][^\\/]*$/ : /\/[^/]*$/);
  return `${path.slice(0, slash + 1)}.fwknop-${crypto.randomUUID()}`;
}

function remove(path: string): void {
  ifThere(() => Deno.removeSync(path));
}
