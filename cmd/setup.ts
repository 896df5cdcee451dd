/**
 * `fwknop setup`.
 *
 * @module
 */
import { SETUP_OPTIONS } from "../lib/config/setup_options.ts";
import { HintedError } from "../lib/errors/hinted_error.ts";
import { ownUid } from "../lib/own_uid.ts";
import type { Command } from "./command.ts";

/** Makes this host a server, closes its port, and cannot lock the administrator out. */
export const setup: Command = {
  description: [
    "  fwknop setup            asks which port and which client, and goes on",
    "  fwknop setup --dry-run  prints what it would do",
    "  fwknop setup --undo     takes out what it put in, and leaves the port open",
    "",
    "Writes the configuration of the server, makes the first client, closes the port over IPv4 and IPv6, and starts the",
    "server. Then it waits for a new connection of a client that has knocked. Without one, it takes everything out again",
    "after two minutes, whatever happens to this program; so does a reboot. Open connections stay open. Run it again: it",
    "changes nothing.",
  ].join("\n"),
  options: SETUP_OPTIONS,
  async run(options, _words, context) {
    if (Deno.build.os !== "linux") {
      throw new HintedError("setup is for Linux", { hint: "fwknop help serve" });
    }
    if (ownUid() !== 0) {
      throw new HintedError("setup changes the firewall and the services of this host", {
        hint: "Run it as root: sudo fwknop setup",
      });
    }
    if (options.has("undo")) {
      const { undoSetup } = await import("./setup_undo.ts");
      return await undoSetup(options, context);
    }
    const { runSetup } = await import("./setup_run.ts");
    return await runSetup(options, context);
  },
};
