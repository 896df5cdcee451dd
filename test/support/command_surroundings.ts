/**
 * What commands run in, for tests.
 *
 * @module
 */
import type { CommandSurroundings } from "../../lib/command/run_command.ts";

/** The folders of the system's programs, and a generous limit. */
export const SURROUNDINGS: CommandSurroundings = {
  path: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  seconds: 20,
  guardDescriptors: () => {},
};
