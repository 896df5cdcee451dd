/**
 * The replay cache as the settings want it, loaded from its file.
 *
 * @module
 */
import { HintedError } from "../hinted_error.ts";
import { ReplayCache } from "./replay_cache.ts";
import { compactReplayFile, ReplayFile } from "./replay_file.ts";

/** What the settings say about replays. */
export interface ReplaySettings {
  /** MAX_SPA_PACKET_AGE in seconds; `undefined` when ages are not checked. */
  readonly window: number | undefined;
  /** DIGEST_FILE; `undefined` remembers in memory only. */
  readonly path: string | undefined;
  /** Seconds since 1970 UTC. */
  readonly now: number;
}

/** The cache, ready, and what was found in its file. */
export interface OpenedReplay {
  readonly cache: ReplayCache;
  readonly invalidLines: readonly number[];
}

/**
 * Opens the cache.
 *
 * @throws {HintedError} when the file cannot be read and written: without it packets could be replayed after a
 * restart, so the server does not start (`docs/spec/server.md` 16, row 9).
 */
export function openReplay({ window, path, now }: ReplaySettings): OpenedReplay {
  if (path === undefined) return { cache: new ReplayCache({ window }), invalidLines: [] };
  try {
    const opened = loadFile(path, window, now);
    if (opened.stale < WORTH_REWRITING || opened.stale < opened.cache.size) return opened;
    opened.file.close();
    compactReplayFile(path, opened.cache);
    return loadFile(path, window, now);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HintedError(`Cannot use the replay file ${path}: ${reason}`, {
      hint:
        "Packets could be replayed after a restart: make it writable, or name another with DIGEST_FILE",
      cause: error,
    });
  }
}

/** Lines of no more use that are left alone. */
const WORTH_REWRITING = 1000;

function loadFile(
  path: string,
  window: number | undefined,
  now: number,
): OpenedReplay & { readonly file: ReplayFile; readonly stale: number } {
  const { file, content } = ReplayFile.open(path);
  const cache = new ReplayCache({ window, store: file });
  const stale = cache.load(content.entries, now);
  return { cache, invalidLines: content.invalidLines, file, stale };
}
