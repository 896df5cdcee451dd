/**
 * `fwknop dump-config`.
 *
 * @module
 */
import { CONFIG_OPTIONS } from "../lib/config/server_options.ts";
import type { CommandDefinition } from "./command.ts";

/** Shows the configuration as the server would take it. */
export const dumpConfig: CommandDefinition = {
  brief: "Print the settings and stanzas of the server, without its keys",
  group: "Server",
  description: [
    "Prints the configuration in the layout of fwknopd -D, or with --json as one object. What is wrong with it goes",
    "to standard error; the exit status says whether the server would start with it.",
  ].join("\n"),
  options: [...CONFIG_OPTIONS, { name: "json", brief: "Print a JSON object" }],
  load: async () => (await import("./dump_config_run.ts")).runDumpConfig,
};
