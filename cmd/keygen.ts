/**
 * `fwknop keygen`.
 *
 * @module
 */
import type { OptionRow } from "../lib/config/option.ts";
import type { CommandDefinition } from "./command.ts";

const OPTIONS: readonly OptionRow[] = [
  { name: "key-len", argument: "BYTES", brief: "Length of the encryption key, 1 to 32" },
  {
    name: "hmac-key-len",
    argument: "BYTES",
    brief: "Length of the HMAC key, 1 to 128; the default depends on its digest",
  },
  {
    name: "hmac-digest-type",
    argument: "DIGEST",
    brief: "Digest of the HMAC, sha256 unless set",
  },
  {
    name: "key-gen-file",
    short: "K",
    argument: "FILE",
    brief: "Write the keys to a new file, readable by you alone",
  },
  { name: "force", brief: "Replace files that are there" },
  { name: "json", brief: "Print one JSON object" },
  { name: "qr", brief: "Also show the keys as a QR code for a phone" },
  {
    name: "qr-file",
    argument: "FILE",
    brief: "Also write the QR code to a new SVG file, readable by you alone",
  },
  {
    name: "from",
    argument: "FILE[#N]",
    brief: "Make no keys: show those of stanza N of an access.conf, or of key lines, as a QR code",
  },
];

/** Makes a pair of keys. */
export const keygen: CommandDefinition = {
  brief: "Make a pair of keys for a stanza",
  group: "Client",
  description: [
    "Prints an encryption key and an HMAC key. Both lines belong into the client's stanza in ~/.fwknoprc and into",
    "the server's stanza in access.conf. To bring keys that are in use to a phone:",
    "",
    "  fwknop keygen --from /etc/fwknop/access.conf#1",
    "  fwknopd --key-gen | fwknop keygen --from -",
  ].join("\n"),
  options: OPTIONS,
  load: async () => (await import("./keygen_run.ts")).runKeygen,
};
