/**
 * `fwknop print`.
 *
 * @module
 */
import type { CommandDefinition } from "./command.ts";
import { PRINTABLE } from "./printable.ts";

/** The files that belong to an installation, out of the program itself. */
export const print: CommandDefinition = {
  brief: "Print manual pages, completion, systemd units, sample files",
  group: "This program",
  description: [
    "  fwknop print unit              systemd, without root; nft or iptables-nft",
    "  fwknop print unit-compatible   systemd, as root like the C daemon",
    "  fwknop print fwknopd.conf      every setting, explained, at its default",
    "  fwknop print access.conf       one stanza; its keys come from fwknop keygen",
    "  fwknop print fwknoprc          the client's file, explained",
    "  fwknop print man fwknop        a page for man: ... | man -l -",
    "  fwknop print completion bash   a script for bash; its first lines say where to",
  ].join("\n"),
  options: [{
    name: "program",
    argument: "FILE",
    brief: "Path of the program in the unit, if not that of this one",
  }],
  words: { placeholder: "WHAT", brief: "What to print", phrases: PRINTABLE },
  load: async (commands) => (await import("./print_run.ts")).printFrom(commands),
};
