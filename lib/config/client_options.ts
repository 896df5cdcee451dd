/**
 * The options of the client: the flags of `fwknop knock` and the command line of the C client
 * (`docs/spec/client.md` 2). Those of a setting come from its row; those here choose what a run does.
 *
 * @module
 */
import { SETTING_ROWS } from "./client_rows.ts";
import type { OptionRow } from "./option.ts";

/** The C client's order, which shows in getopt's list of possibilities for an ambiguous abbreviation. */
const C_ORDER: readonly string[] =
  ("allow-ip access save-packet-append save-packet save-rc-stanza force-stanza stanza-list no-save-args server-cmd " +
    "digest-type destination save-args-file encryption-mode fd fw-timeout fault-injection-tag gpg-encryption " +
    "gpg-recipient-key gpg-signer-key gpg-home-dir gpg-exe gpg-agent gpg-no-signing-pw get-key get-hmac-key help " +
    "http-proxy key-gen key-gen-file key-rijndael key-base64-rijndael key-base64-hmac key-hmac key-len hmac-key-len " +
    "hmac-digest-type icmp-type icmp-code last-cmd nat-access named-config nat-local nat-port nat-rand-port " +
    "no-home-dir no-rc-file server-port server-proto spoof-source rc-file rand-port resolve-ip-https " +
    "resolve-http-only resolve-url server-resolve-ipv4 show-last source-ip source-port stdin test time-offset-plus " +
    "time-offset-minus user-agent use-hmac use-wget-user-agent spoof-user verbose version wget-cmd Forward-access")
    .split(" ");

/** Options that set nothing. */
const RUN_OPTIONS: readonly OptionRow[] = [
  {
    name: "save-rc-stanza",
    brief: "Write the options of this command to the stanza, then continue",
    group: "Stanzas of the rc file",
  },
  {
    name: "force-stanza",
    brief: "With --save-rc-stanza: replace keys without asking",
    group: "Stanzas of the rc file",
  },
  { name: "stanza-list", brief: "List the stanzas and exit", group: "Stanzas of the rc file" },
  {
    name: "save-args-file",
    short: "E",
    argument: "FILE",
    brief: "Save the command line there, not in ~/.fwknop.run",
    only: "c",
  },
  {
    name: "fault-injection-tag",
    argument: "TAG",
    brief: "Refused, as in ordinary builds of the C client",
    only: "c",
  },
  { name: "help", short: "h", brief: "Print this text and exit", only: "c" },
  { name: "key-gen", short: "k", brief: "Make two keys, print them and exit", only: "c" },
  {
    name: "key-gen-file",
    short: "K",
    argument: "FILE",
    brief: "Make two keys, write them to a file and exit",
    only: "c",
  },
  { name: "last-cmd", short: "l", brief: "Run the saved command line again", only: "c" },
  {
    name: "named-config",
    short: "n",
    argument: "STANZA",
    brief: "Stanza of the rc file to use, or to save; may be repeated",
    group: "Stanzas of the rc file",
    repeated: true,
  },
  { name: "no-home-dir", brief: "Never use the home directory", only: "c" },
  { name: "no-rc-file", brief: "Do not read an rc file", group: "Stanzas of the rc file" },
  {
    name: "rc-file",
    argument: "FILE",
    brief: "Read that file, not ~/.fwknoprc",
    group: "Stanzas of the rc file",
  },
  { name: "show-last", brief: "Print the saved command line and exit", only: "c" },
  { name: "version", short: "V", brief: "Print the version and exit", only: "c" },
  {
    name: "json",
    brief: "Print one JSON object for each packet",
    group: "Test and output",
    only: "native",
  },
];

const SETTING_OPTIONS: readonly OptionRow[] = SETTING_ROWS.flatMap(
  ({ variable, brief = "", secret, scope, options = [] }) =>
    options.map((option): OptionRow => ({
      brief,
      ...option,
      ...(variable === undefined ? {} : { variable }),
      ...(secret === undefined ? {} : { secret }),
      ...(scope === undefined ? {} : { only: scope }),
    })),
);

const BY_NAME = new Map([...SETTING_OPTIONS, ...RUN_OPTIONS].map((row) => [row.name, row]));

/** Every option of the client: those of the C client, then ours in the order of their rows. */
export const CLIENT_OPTIONS: readonly OptionRow[] = [...new Set([...C_ORDER, ...BY_NAME.keys()])]
  .flatMap((name) => BY_NAME.get(name) ?? []);
