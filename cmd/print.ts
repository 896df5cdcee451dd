/**
 * `fwknop print`.
 *
 * @module
 */
import type { CommandDefinition } from "./command.ts";

/** The files that belong to an installation, out of the program itself. */
export const print: CommandDefinition = {
  brief: "Print a file to begin with: a systemd unit, fwknopd.conf, access.conf",
  group: "This program",
  description: [
    "  fwknop print unit              systemd, without root; nft or iptables-nft",
    "  fwknop print unit-compatible   systemd, as root like the C daemon",
    "  fwknop print fwknopd.conf      every setting, explained, at its default",
    "  fwknop print access.conf       one stanza; its keys come from fwknop keygen",
  ].join("\n"),
  options: [{
    name: "program",
    argument: "FILE",
    brief: "Path of the program in the unit, if not that of this one",
  }],
  words: { placeholder: "WHAT", brief: "Which file" },
  load: async () => (await import("./print_run.ts")).runPrint,
};
