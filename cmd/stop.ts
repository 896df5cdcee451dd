/**
 * `fwknop stop`.
 *
 * @module
 */
import { DAEMON_OPTIONS } from "./daemon_options.ts";
import type { CommandDefinition } from "./command.ts";

/** Ends the running daemon. */
export const stop: CommandDefinition = {
  brief: "Stop the running server and wait until it is gone",
  group: "Server",
  options: DAEMON_OPTIONS,
  load: async () => (await import("./stop_run.ts")).runStop,
};
