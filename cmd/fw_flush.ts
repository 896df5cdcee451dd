/**
 * `fwknop fw-flush`.
 *
 * @module
 */
import { CONFIG_OPTIONS } from "../lib/config/server_options.ts";
import type { CommandDefinition } from "./command.ts";

/** Takes every rule of ours out of the firewall. */
export const fwFlush: CommandDefinition = {
  brief: "Remove every firewall rule of the server, and nothing else",
  group: "Server",
  description: [
    "Removes the rules, chains and jumps of the server, also those an earlier configuration left behind. Rules that",
    "others put into its chains stay, with the chain that holds them.",
  ].join("\n"),
  options: CONFIG_OPTIONS,
  load: async () => (await import("./fw_flush_run.ts")).runFwFlush,
};
