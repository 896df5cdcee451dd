/**
 * `fwknop uci`.
 *
 * @module
 */
import type { CommandDefinition } from "./command.ts";

/** OpenWrt's configuration as the server's two files. */
export const uci: CommandDefinition = {
  brief: "Make fwknopd.conf and access.conf out of OpenWrt's configuration",
  group: "Server",
  description: [
    "  fwknop uci /etc/config/fwknopd --output /etc/fwknop",
    "  uci show fwknopd | fwknop uci - --output .",
    "",
    "Writes what OpenWrt's start script would write, less what only its web interface uses. fwknop serve --uci FILE",
    "needs no such files. Run it on a gateway with glibc: this program does not run on the router's musl.",
  ].join("\n"),
  options: [{
    name: "output",
    short: "o",
    argument: "FOLDER",
    brief: "Where to write the two files; those that are there are replaced",
  }],
  words: { placeholder: "FILE", brief: "The UCI file, or - for standard input" },
  load: async () => (await import("./uci_run.ts")).runUci,
};
