/**
 * Makes and checks the folder for the PID file, digests and other state.
 *
 * @module
 */
import { exposureOf } from "../config/exposure.ts";
import { folderOf } from "../config/state_file.ts";
import { HintedError } from "../errors/hinted_error.ts";
import { systemReasonOf } from "../errors/reason.ts";
import { ifThere } from "../files/if_there.ts";
import type { DaemonLog } from "./daemon_log.ts";
import { codeOf, pathHint } from "./path_hint.ts";

/**
 * Makes the folder with all its parents, for its owner only, and logs that in the C daemon's words.
 *
 * @throws {HintedError} when that fails, or when another user could write to the folder that is there: an attacker who
 * takes digests away can replay packets.
 */
export function makeRunFolder(path: string, log: DaemonLog): void {
  if (checkRunFolder(path)) return;
  log.info(`Run directory: ${path} does not exist. Attempting to create it.`);
  try {
    refuseExposed(path, nearestFolder(path));
    Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
    // In a folder that all can write to, another user may have made it first.
    refuseExposed(path, path, Deno.statSync(path));
  } catch (error) {
    if (error instanceof HintedError) throw error;
    throw unusable(path, error);
  }
  log.info(`Successfully created Run directory: ${path}`);
}

/**
 * Whether the folder exists. Does not make it.
 *
 * @throws {HintedError} when it cannot be used: a daemon does not start then.
 */
export function checkRunFolder(path: string): boolean {
  try {
    const info = ifThere(() => Deno.statSync(path));
    if (info === undefined) return false;
    if (!info.isDirectory) {
      throw new HintedError(`Specified Run directory: ${path} is NOT a directory`, {
        hint: "Name a folder with FWKNOP_RUN_DIR",
      });
    }
    refuseExposed(path, path, info);
    return true;
  } catch (error) {
    if (error instanceof HintedError) throw error;
    throw unusable(path, error);
  }
}

/**
 * Refuses a folder that another user can write to: that user could put links there, and the daemon would write where
 * they lead. The sticky bit does not prevent that.
 *
 * @param place what is examined: the folder, or the one that it will be made in.
 * @param info of the folder itself.
 * @throws {HintedError} when another user can write there.
 */
function refuseExposed(path: string, place: string, info?: Deno.FileInfo): void {
  const isShared = ((info?.mode ?? 0) & 0o002) !== 0;
  const reason = exposureOf(place)?.text ??
    (isShared ? `everybody can write to ${path}` : undefined);
  if (reason === undefined) return;
  throw new HintedError(`The run directory ${path} can be changed by others: ${reason}`, {
    hint: `chown root ${path}; chmod 700 ${path}, or name another with FWKNOP_RUN_DIR`,
  });
}

/** The last folder of the path that exists. */
function nearestFolder(path: string): string {
  for (let folder = folderOf(path);; folder = folderOf(folder)) {
    if (folder === "/" || ifThere(() => Deno.statSync(folder))?.isDirectory) return folder;
  }
}

function unusable(path: string, cause: unknown): HintedError {
  return new HintedError(`Cannot use the run directory ${path}: ${systemReasonOf(cause)}`, {
    hint: pathHint(codeOf(cause), "folder", "FWKNOP_RUN_DIR"),
    cause,
  });
}
