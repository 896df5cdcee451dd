/**
 * The folder for PID file, digests and other state.
 *
 * @module
 */
import { exposureOf } from "../lib/config/exposure.ts";
import { HintedError } from "../lib/hinted_error.ts";
import type { ServeLog } from "./serve_log.ts";

/**
 * Makes the folder with all its parents, for its owner only, and says so in the C daemon's words.
 *
 * @throws {HintedError} when that is not possible, or when somebody else could put files into the folder that is there:
 * who can take digests away can replay packets.
 */
export function makeRunFolder(path: string, log: ServeLog): void {
  try {
    const info = Deno.statSync(path);
    if (info.isDirectory) {
      refuseExposed(path, info);
      return;
    }
  } catch (error) {
    if (error instanceof HintedError) throw error;
    if (!(error instanceof Deno.errors.NotFound)) throw unusable(path, error);
  }
  log.info(`Run directory: ${path} does not exist. Attempting to create it.`);
  try {
    Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unusable(path, error);
  }
  log.info(`Successfully created Run directory: ${path}`);
}

/**
 * Whoever can write in the folder can put links there, and we would write where they lead; that it is sticky does not
 * help.
 *
 * @throws {HintedError} when that is somebody else.
 */
function refuseExposed(path: string, { mode }: Deno.FileInfo): void {
  const isShared = ((mode ?? 0) & 0o002) !== 0;
  const reason = exposureOf(path)?.text ??
    (isShared ? `everybody can write to ${path}` : undefined);
  if (reason === undefined) return;
  throw new HintedError(`The run directory ${path} can be changed by others: ${reason}`, {
    hint: `chown root ${path}; chmod 700 ${path}, or name another with FWKNOP_RUN_DIR`,
  });
}

function unusable(path: string, cause: unknown): HintedError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new HintedError(`Cannot use the run directory ${path}: ${reason}`, {
    hint: "Run as root, or name another with FWKNOP_RUN_DIR",
    cause,
  });
}
