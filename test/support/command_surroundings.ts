/**
 * What commands run in, for tests.
 *
 * @module
 */
import type { CommandSurroundings } from "../../lib/command/run_command.ts";

/** A generous limit. */
export const SURROUNDINGS: CommandSurroundings = { seconds: 20 };
