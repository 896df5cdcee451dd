/**
 * `fwknop doctor`.
 *
 * @module
 */
import { CONFIG_OPTIONS } from "../lib/config/server_options.ts";
import type { CommandDefinition } from "./command.ts";

/** Says what is wrong with this host, and how to mend it. */
export const doctor: CommandDefinition = {
  brief: "Look for what keeps knocking from working on this host",
  group: "When it does not work",
  description: [
    "Looks at the firewall's policy, the switches of the kernel and what else is in the way, and prints for each",
    "finding the command that mends it. Changes nothing. The exit status is 1 if something is wrong.",
  ].join("\n"),
  options: [...CONFIG_OPTIONS, { name: "json", brief: "Print a JSON array" }],
  load: async () => (await import("./doctor_run.ts")).runDoctor,
};
