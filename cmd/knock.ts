/**
 * `fwknop knock`.
 *
 * @module
 */
import { CLIENT_OPTIONS } from "../lib/config/client_options.ts";
import type { CommandDefinition } from "./command.ts";

/** Sends the packet that opens a port. */
export const knock: CommandDefinition = {
  brief: "Ask a server to open a port for one address",
  description: [
    "Sends one encrypted packet to a server that keeps its ports closed, for example",
    "",
    "  fwknop knock -A tcp/22 -a 192.0.2.7 -D server.example",
    "  fwknop knock -n server",
    "",
    "Settings come from the stanzas of ~/.fwknoprc ([default], then the one named by -n) and from the",
    "options, which win. Keys that nothing gives are asked for on the terminal.",
  ].join("\n"),
  options: CLIENT_OPTIONS,
  load: async () => (await import("./knock_run.ts")).runKnock,
};
