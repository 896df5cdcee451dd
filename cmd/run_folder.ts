/**
 * The folder for PID file, digests and other state.
 *
 * @module
 */
import { EXPOSURE_HINT } from "../lib/config/exposed_file.ts";
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
    if (Deno.statSync(path).isDirectory) {
      refuseExposed(path);
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

function refuseExposed(path: string): void {
  const exposure = exposureOf(path);
  if (exposure === undefined) return;
  throw new HintedError(`Run directory: ${path} can be changed by others: ${exposure.text}`, {
    hint: EXPOSURE_HINT,
  });
}

function unusable(path: string, cause: unknown): HintedError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new HintedError(`Cannot use the run directory ${path}: ${reason}`, {
    hint: "Run as root, or name another with FWKNOP_RUN_DIR",
    cause,
  });
}
