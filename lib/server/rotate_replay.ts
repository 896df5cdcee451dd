/**
 * Rotates the replay file (`docs/spec/server.md` 8, `--rotate-digest-cache`).
 *
 * @module
 */
import { replaceFile } from "../files/replace_file.ts";
import { examineStateFile } from "../config/state_file.ts";
import { HintedError } from "../errors/hinted_error.ts";
import { reasonOf } from "../errors/reason.ts";
import { ifThere } from "../files/if_there.ts";
import { ReplayCache } from "./replay_cache.ts";
import { readReplayText } from "./replay_file.ts";
import { parseReplayFile } from "./replay_file_text.ts";

/**
 * Copies the file to its name plus `-old`, and keeps in it only the entries that still matter, as the running server
 * does when the file has grown. The C daemon starts with an empty file, so that packets that are still young enough
 * could be replayed (16, row 28). Does nothing if there is no file.
 *
 * @param window largest age of a packet in seconds; `undefined` if ages are not checked.
 * @param now seconds since 1970 UTC.
 * @throws {HintedError} if the files cannot be read or written; the file itself is then unchanged.
 */
export function rotateReplayFile(path: string, window: number | undefined, now: number): void {
  const old = `${path}-old`;
  try {
    examineStateFile(path, "DIGEST_FILE");
    const text = ifThere(() => readReplayText(path));
    if (text === undefined) return;
    const cache = new ReplayCache({ window });
    cache.load(parseReplayFile(text));
    cache.forget(now);
    replaceFile(old, text, { writers: "one" }).close();
    replaceFile(Deno.realPathSync(path), cache.text(), { writers: "one" }).close();
  } catch (error) {
    if (error instanceof HintedError) throw error;
    const reason = reasonOf(error);
    throw new HintedError(`Cannot rotate the replay file ${path}: ${reason}`, {
      hint: `Its folder must be writable, for ${old}`,
      cause: error,
    });
  }
}
