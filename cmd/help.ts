/**
 * `fwknop help`.
 *
 * @module
 */
import type { CommandDefinition } from "./command.ts";

/** Explains the program or one of its commands. */
export const help: CommandDefinition = {
  brief: "Print the help of a command, or the list of commands",
  group: "This program",
  options: [],
  words: { placeholder: "COMMAND", brief: "The command to explain" },
  load: async (commands) => (await import("./help_run.ts")).helpOn(commands),
};
