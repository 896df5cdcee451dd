/**
 * Replacing a file in one step.
 *
 * @module
 */

/**
 * Writes a text beside the file, with mode 0600 from its first byte on, brings it to the disk, and renames it over the
 * file. A crash leaves the old text or the new one. A link in the way is not followed.
 *
 * @returns the file, open for appending; the caller closes it.
 * @throws the system's errors; the file is as it was then.
 */
export function replaceFile(path: string, text: string): Deno.FsFile {
  const temporary = `${path}.new`;
  remove(temporary);
  const file = Deno.openSync(temporary, { append: true, createNew: true, mode: 0o600 });
  try {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    file.syncDataSync();
    Deno.renameSync(temporary, path);
    return file;
  } catch (error) {
    file.close();
    remove(temporary);
    throw error;
  }
}

function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
