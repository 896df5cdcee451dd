/**
 * `fwknop reload`.
 *
 * @module
 */
import { SERVER_OPTIONS } from "../lib/config/server_options.ts";
import { DAEMON_OPTIONS } from "./daemon_options.ts";
import type { CommandDefinition } from "./command.ts";

/** Lets the running daemon read its configuration again. */
export const reload: CommandDefinition = {
  brief: "Let the running server read its configuration again",
  group: "Server",
  description: [
    "The configuration is tried first: where it has an error nothing is sent, and the exit status is 1. The server keeps",
    "its grants.",
  ].join("\n"),
  options: [
    ...DAEMON_OPTIONS,
    ...SERVER_OPTIONS.filter(({ name }) => name === "access-file" || name === "access-folder"),
  ],
  load: async () => (await import("./reload_run.ts")).runReload,
};
