/**
 * The options of `fwknop accept`.
 *
 * @module
 */
import { CLIENT_OPTIONS } from "./client_options.ts";
import type { OptionRow } from "./option.ts";

/** Every option of the command. */
export const ACCEPT_OPTIONS: readonly OptionRow[] = [
  {
    name: "as",
    argument: "NAME",
    brief: "Name of the new stanza, that of FILE unless set",
    group: "Stanzas of the rc file",
  },
  ...CLIENT_OPTIONS.filter(({ name }) => name === "rc-file"),
  { name: "knock", brief: "Knock then, without a question", group: "Test and output" },
  { name: "no-knock", brief: "Do not knock, and do not ask", group: "Test and output" },
];
