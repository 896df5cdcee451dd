/**
 * Putting the digests seen so far aside (`docs/spec/server.md` 8, `--rotate-digest-cache`).
 *
 * @module
 */
import { replaceFile } from "../files/atomic_file.ts";
import { examineStateFile } from "../config/state_file.ts";
import { HintedError } from "../errors/hinted_error.ts";
import { ReplayCache } from "./replay_cache.ts";
import { readReplayText } from "./replay_file.ts";
import { parseReplayFile } from "./replay_file_text.ts";

/**
 * Keeps the file under its name with `-old` at its end, and leaves in it only what still matters, as the running server
 * does when the file has grown: the C daemon starts with an empty one, so that packets still young enough could be
 * replayed (16, row 28). There need not be a file.
 *
 * @param window largest age of a packet in seconds; `undefined` when ages are not checked.
 * @param now seconds since 1970 UTC.
 * @throws {HintedError} when the files cannot be read or written; the file itself is then as it was.
 */
export function rotateReplayFile(path: string, window: number | undefined, now: number): void {
  const old = `${path}-old`;
  try {
    examineStateFile(path, "DIGEST_FILE");
    const text = readText(path);
    if (text === undefined) return;
    const cache = new ReplayCache({ window });
    cache.load(parseReplayFile(text));
    cache.forget(now);
    replaceFile(old, text).close();
    replaceFile(Deno.realPathSync(path), cache.text()).close();
  } catch (error) {
    if (error instanceof HintedError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new HintedError(`Cannot rotate the replay file ${path}: ${reason}`, {
      hint: `Its folder must be writable, for ${old}`,
      cause: error,
    });
  }
}

function readText(path: string): string | undefined {
  try {
    return readReplayText(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
