/**
 * `fwknop serve`.
 *
 * @module
 */
import { SERVER_OPTIONS } from "../lib/config/server_options.ts";
import type { Command } from "./command.ts";

/** The daemon that opens ports. */
export const serve: Command = {
  description: [
    "Runs the server with the settings of /etc/fwknop/fwknopd.conf and the stanzas of access.conf, for example",
    "",
    "  fwknop serve -f      in the foreground, one line per decision",
    "  fwknop serve -vtf    show what would happen to each packet, change nothing",
    "  fwknop serve         as a daemon; `fwknop status`, `stop` and `reload` find it",
  ].join("\n"),
  options: SERVER_OPTIONS,
  run: async (options, _words, context) =>
    (await import("./serve_run.ts")).startServe(options, context, "native"),
};
