/**
 * Opening the replay file for a server.
 *
 * @module
 */
import { HintedError } from "../errors/hinted_error.ts";
import { reasonOf } from "../errors/reason.ts";
import { type OpenedReplayFile, ReplayFile } from "./replay_file.ts";

/**
 * Opens the file of the name. What is in the memory of the server is not touched, nor is what is in the file.
 *
 * @throws {HintedError} when the file cannot be read and written, or others could change it: packets could be replayed
 * after a restart, so the server does not start (`docs/spec/server.md` 16, row 9).
 */
export function openReplayFile(path: string): OpenedReplayFile {
  try {
    return ReplayFile.open(path);
  } catch (error) {
    if (error instanceof HintedError) throw error;
    const reason = reasonOf(error);
    throw new HintedError(`Cannot use the replay file ${path}: ${reason}`, {
      hint:
        "Packets could be replayed after a restart: make it writable, or name another with DIGEST_FILE",
      cause: error,
    });
  }
}
