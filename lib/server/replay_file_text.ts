/**
 * The text of a replay file: the entries, and the time up to which packets are no longer listed.
 *
 * @module
 */
import {
  formatReplayEntry,
  parseReplayEntry,
  parseSeenMessage,
  REPLAY_FILE_HEADER,
  type ReplayEntry,
} from "./replay_entry.ts";

/** The content of the file. */
export interface ReplayFileContent {
  readonly entries: readonly ReplayEntry[];
  /** Packets up to this time may have been removed from the file; `-Infinity`: none was removed. */
  readonly horizon: number;
  /** Numbers, from 1, of the lines that hold neither an entry nor a comment. */
  readonly invalidLines: readonly number[];
}

/** Reads the text of a replay file. `#` and `;` start a comment line, which the C daemon ignores. */
export function parseReplayFile(text: string): ReplayFileContent {
  const entries: ReplayEntry[] = [];
  const invalidLines: number[] = [];
  let horizon = -Infinity;
  let isBelowEntry = false;
  for (const [index, line] of text.split("\n").entries()) {
    const before = isBelowEntry ? entries.at(-1) : undefined;
    isBelowEntry = false;
    if (line.startsWith("#")) {
      const message = before === undefined ? undefined : parseSeenMessage(line);
      if (before !== undefined && message !== undefined) {
        entries[entries.length - 1] = { ...before, message };
      } else horizon = Math.max(horizon, parseHorizon(line));
      continue;
    }
    if (line.trim() === "" || line.startsWith(";")) continue;
    const entry = parseReplayEntry(line);
    if (entry === undefined) invalidLines.push(index + 1);
    else {
      entries.push(entry);
      isBelowEntry = true;
    }
  }
  return { entries, horizon, invalidLines };
}

/** The text of a whole file. */
export function formatReplayFile(entries: Iterable<ReplayEntry>, horizon: number): string {
  const lines = Array.from(entries, formatReplayEntry);
  return REPLAY_FILE_HEADER + formatHorizon(horizon) + lines.join("");
}

/** The line with the time up to which packets may be missing, with its newline; empty if none is missing. */
export function formatHorizon(horizon: number): string {
  return horizon === -Infinity ? "" : `# not listed: packets with a time up to ${horizon}\n`;
}

function parseHorizon(line: string): number {
  const [, time] = /^# not listed: packets with a time up to ([0-9]{1,11})$/.exec(line) ?? [];
  return time === undefined ? -Infinity : Number(time);
}
