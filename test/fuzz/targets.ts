/**
 * All fuzz targets. `deno task fuzz` runs them for a long time, the tests for a moment.
 *
 * @module
 */
import { reasonOf } from "../../lib/errors/reason.ts";
import { fuzzPackets } from "./packets.ts";
import { fuzzConfiguration, fuzzFrames, fuzzGpgStatus, fuzzReplayFile } from "./parsers.ts";
import { Random } from "./random.ts";

/** One try with random input; throws if a check fails. */
export type FuzzStep = (random: Random) => void;

/** The targets by name. */
export const TARGETS: Readonly<Record<string, FuzzStep>> = {
  packets: fuzzPackets,
  frames: fuzzFrames,
  configuration: fuzzConfiguration,
  "replay file": fuzzReplayFile,
  "gpg status": fuzzGpgStatus,
};

/** Tries one seed. @throws {Error} whose message names target and seed. */
export function tryOnce(name: string, step: FuzzStep, seed: number): void {
  try {
    step(new Random(seed));
  } catch (cause) {
    throw new Error(`${name}: seed ${seed}: ${reasonOf(cause)}`, {
      cause,
    });
  }
}
