/**
 * Everything that is fuzzed: what `deno task fuzz` runs for long and the tests for a moment.
 *
 * @module
 */
import { reasonOf } from "../../lib/errors/reason.ts";
import { fuzzPackets } from "./packets.ts";
import { fuzzConfiguration, fuzzFrames, fuzzGpgStatus, fuzzReplayFile } from "./parsers.ts";
import { Random } from "./random.ts";

/** One try with random input; throws when something is wrong. */
export type FuzzStep = (random: Random) => void;

/** What is fuzzed, by name. */
export const TARGETS: Readonly<Record<string, FuzzStep>> = {
  packets: fuzzPackets,
  frames: fuzzFrames,
  configuration: fuzzConfiguration,
  "replay file": fuzzReplayFile,
  "gpg status": fuzzGpgStatus,
};

/** Tries one seed. @throws {Error} that names target and seed. */
export function tryOnce(name: string, step: FuzzStep, seed: number): void {
  try {
    step(new Random(seed));
  } catch (cause) {
    throw new Error(`${name}: seed ${seed}: ${reasonOf(cause)}`, {
      cause,
    });
  }
}
