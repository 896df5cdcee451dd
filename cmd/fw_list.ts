/**
 * `fwknop fw-list`.
 *
 * @module
 */
import { CONFIG_OPTIONS } from "../lib/config/server_options.ts";
import type { CommandDefinition } from "./command.ts";

/** Shows who is let in, and for how long. */
export const fwList: CommandDefinition = {
  brief: "List who is let in, by rule, and the seconds each has left",
  group: "Server",
  options: [
    ...CONFIG_OPTIONS,
    { name: "json", brief: "Print a JSON array" },
    { name: "all", brief: "Print the whole tables in use, as the firewall program shows them" },
  ],
  load: async () => (await import("./fw_list_run.ts")).runFwList,
};
