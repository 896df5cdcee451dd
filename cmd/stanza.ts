/**
 * `fwknop stanza`.
 *
 * @module
 */
import { STANZA_OPTIONS } from "../lib/config/stanza_options.ts";
import type { CommandDefinition } from "./command.ts";

/** The client's stanzas. */
export const stanza: CommandDefinition = {
  brief: "Add, show or remove a stanza of ~/.fwknoprc",
  group: "Client",
  description: [
    "  fwknop stanza add home -D home.example -A tcp/22 -R --keys keyfile",
    "  fwknop stanza show                      every stanza, keys hidden",
    "  fwknop stanza show home --show-keys",
    "  fwknop stanza remove home",
    "",
    "Comments and the order of the file are kept, and it is replaced in one step, readable by you alone. The stanza",
    "[default] applies to every knock.",
  ].join("\n"),
  options: STANZA_OPTIONS,
  words: {
    placeholder: "add|show|remove [NAME]",
    brief: "What to do, and with which stanza",
    phrases: ["add", "show STANZA", "remove STANZA"],
  },
  load: async () => (await import("./stanza_run.ts")).runStanza,
};
