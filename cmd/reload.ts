/**
 * `fwknop reload`.
 *
 * @module
 */
import { DAEMON_OPTIONS } from "./daemon_options.ts";
import type { CommandDefinition } from "./command.ts";

/** Lets the running daemon read its configuration again. */
export const reload: CommandDefinition = {
  brief: "Let the running server read its configuration again",
  group: "Server",
  description: "The server keeps its grants, and its old configuration when the new one is bad.",
  options: DAEMON_OPTIONS,
  load: async () => (await import("./reload_run.ts")).runReload,
};
