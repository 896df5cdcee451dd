/**
 * `fwknop invite`.
 *
 * @module
 */
import { INVITE_OPTIONS } from "../lib/config/invite_options.ts";
import type { CommandDefinition } from "./command.ts";

/** A new client of a server, in one step. */
export const invite: CommandDefinition = {
  brief: "Let a client in: keys, the server's stanza and the client's",
  group: "Server",
  description: [
    "  fwknop invite alice --server gate.example --access tcp/22",
    "",
    "Makes a pair of keys and prints the stanza for the server's access.conf, the one for the client's ~/.fwknoprc, and",
    "on a terminal a QR code of the keys for a phone. With --install, as root on the server, the server's stanza is",
    "added there instead, after the whole configuration was read with it as the server would.",
  ].join("\n"),
  options: INVITE_OPTIONS,
  words: { placeholder: "NAME", brief: "Who is invited; stands in a comment" },
  load: async () => (await import("./invite_run.ts")).runInvite,
};
