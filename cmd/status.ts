/**
 * `fwknop status`.
 *
 * @module
 */
import { DAEMON_OPTIONS } from "./daemon_options.ts";
import type { CommandDefinition } from "./command.ts";

/** Says whether a daemon runs; it is asked nothing and changes nothing. */
export const status: CommandDefinition = {
  brief: "Say whether the server runs",
  group: "Server",
  description: "Exits with 0 when one runs and with 1 when none does.",
  options: [...DAEMON_OPTIONS, { name: "json", brief: "Print a JSON object" }],
  load: async () => (await import("./status_run.ts")).runStatus,
};
