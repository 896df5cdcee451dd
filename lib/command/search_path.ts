/**
 * Where commands are looked for.
 *
 * @module
 */

/** Where nothing else is known: the folders of the system's programs. */
const STANDARD = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * The PATH of this process, as the C daemon has it, but for folders that are not absolute: an empty one and `.` mean the
 * working folder.
 */
export function searchPath(inherited: string | undefined): string {
  const folders = (inherited ?? "").split(":").filter((folder) => folder.startsWith("/"));
  return folders.length === 0 ? STANDARD : folders.join(":");
}
