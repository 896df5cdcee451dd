/**
 * Checks files that the daemon writes and whose path the administrator chooses: digest file and PID file.
 *
 * @module
 */
import { HintedError } from "../errors/hinted_error.ts";
import { ifThere } from "../files/if_there.ts";
import { type Exposure, exposureOf } from "./exposure.ts";
import { ownership } from "./read_file.ts";

/**
 * Examines such a file and every folder and link of its path; if the file does not exist, its folder.
 *
 * @param path absolute.
 * @param variable that names it: `DIGEST_FILE`.
 * @param opened status of the open descriptor; absent before it is opened.
 * @returns the C daemon's warnings about a file that is not private (`docs/spec/server.md` 4.1).
 * @throws {HintedError} if an untrusted user can change it, or it is not a regular file. The system's errors.
 */
export function examineStateFile(
  path: string,
  variable: string,
  opened?: Deno.FileInfo,
): readonly string[] {
  const info = opened ?? ifThere(() => Deno.statSync(path));
  if (info === undefined) {
    refuseExposed(path, variable, exposureOf(folderOf(path)));
    return [];
  }
  if (!info.isFile) {
    throw new HintedError(`[-] file: ${path} is not a regular file or symbolic link.`, {
      hint: `Name another with ${variable}`,
    });
  }
  refuseExposed(path, variable, exposureOf(path, info));
  refuseSecondName(path, variable, info);
  return ownership(path, info).map(({ text }) => text);
}

function refuseExposed(path: string, variable: string, exposure: Exposure | undefined): void {
  if (exposure === undefined) return;
  const isOthers = exposure.by === "owner" && exposure.place === path;
  refuse(
    variable,
    isOthers
      ? `[-] file: ${path} not owned by current effective user id: ${exposure.text}`
      : `${changeable(path)}: ${exposure.text}`,
  );
}

/**
 * In a folder that every user can write to, another user can link a file of root under this path. The daemon would then
 * write to that file.
 */
function refuseSecondName(path: string, variable: string, { nlink }: Deno.FileInfo): void {
  if (nlink === null || nlink < 2) return;
  const { mode } = Deno.statSync(folderOf(path));
  if (((mode ?? 0) & 0o002) === 0) return;
  refuse(variable, `${changeable(path)}: it has another name beside ${path}`);
}

function changeable(path: string): string {
  return `The file ${path} can be changed by others`;
}

function refuse(variable: string, text: string): never {
  throw new HintedError(text, {
    hint: `Remove it, and put it in a folder that only root can write to, with ${variable}`,
  });
}

/** The folder of the last component of an absolute path. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}
