/**
 * Replacing a file in one step.
 *
 * @module
 */
import { ifThere } from "./if_there.ts";

/** How a file is replaced. */
export interface ReplaceOptions {
  /**
   * Who writes this file. `one` process, as the daemon under its lock: the content is prepared in `PATH.new`, so a crash
   * leaves at most one such file. `several`, as clients of one user: each prepares it under a random hidden name.
   */
  readonly writers: "one" | "several";
  /** Whether to wait until the content is on the disk; without it a power cut may leave an empty file. */
  readonly isDurable?: boolean;
}

/**
 * Writes the content beside the file, with mode 0600 from its first byte on, brings it to the disk, and renames it over
 * the file. A reader sees the old content or the new one, and a crash leaves one of them. A symbolic link is replaced,
 * not followed.
 *
 * @returns the file, open for appending; the caller closes it.
 * @throws the system's errors; the file is then as it was.
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

/** Writes the content to its end. */
export function writeAll(file: Deno.FsFile, content: string | Uint8Array): void {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

function hiddenNameBeside(path: string): string {
  const slash = path.search(Deno.build.os === "windows" ? /[\\/][^\\/]*$/ : /\/[^/]*$/);
  return `${path.slice(0, slash + 1)}.fwknop-${crypto.randomUUID()}`;
}

function remove(path: string): void {
  ifThere(() => Deno.removeSync(path));
}
