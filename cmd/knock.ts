/**
 * `fwknop knock`.
 *
 * @module
 */
import { CLIENT_OPTIONS } from "../lib/config/client_options.ts";
import type { Command } from "./command.ts";

/** Sends the packet that opens a port. */
export const knock: Command = {
  description: [
    "Sends one encrypted packet to a server that keeps its ports closed, for example",
    "",
    "  fwknop knock -A tcp/22 -a 192.0.2.7 -D server.example",
    "  fwknop knock -n server",
    "",
    "Settings come from the stanzas of ~/.fwknoprc ([default], then the one named by -n) and from the",
    "options, which win. Keys that nothing gives are asked for on the terminal.",
    "",
    "The server never answers. With --wait the port is tried until it opens; a command after -- is then run:",
    "",
    "  fwknop knock -n server --wait -- ssh server.example",
    "",
    "A connection attempt just before the packet shows whether the port is open already.",
    "",
    "Exit status: 0 sent (and open), 1 failure, 2 wrong usage; with --wait 3 no answer from the port, 4 the port",
    "refuses, 5 the address cannot be reached, 6 no answer and this clock is wrong beyond doubt, 7 the port was open",
    "before the knock. A command's own status is passed on.",
  ].join("\n"),
  options: CLIENT_OPTIONS,
  words: {
    placeholder: "-- COMMAND...",
    brief: "Command to run once the port is open, with --wait",
  },
  run: async (...line) => (await import("./knock_run.ts")).runKnock(...line),
};
