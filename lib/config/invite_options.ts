/**
 * The options of `fwknop invite`.
 *
 * @module
 */
import type { OptionRow } from "./option.ts";
import { SERVER_OPTIONS } from "./server_options.ts";

/** Options of the server that decide where the stanza goes, and which daemon reads it. */
const SERVER_NAMES: readonly string[] = [
  "config-file",
  "override-config",
  "access-file",
  "access-folder",
  "pid-file",
  "run-dir",
];

/** Letters of server options that an option of the client uses here. */
const CLIENT_LETTERS: readonly string[] = ["p"];

/** Every option of the command. */
export const INVITE_OPTIONS: readonly OptionRow[] = [
  {
    name: "server",
    short: "D",
    argument: "HOST",
    brief: "The server as the client will reach it",
    group: "Where and how to send",
  },
  {
    name: "access",
    short: "A",
    argument: "SERVICES",
    brief: "What the client may open, such as tcp/22 or tcp/22,udp/53",
    group: "The request",
  },
  {
    name: "fw-timeout",
    short: "f",
    argument: "SECONDS",
    brief: "How long it stays open, 30 unless set",
    group: "The request",
  },
  {
    name: "source",
    argument: "NETWORKS",
    brief: "Where packets may come from, ANY unless set",
    group: "The address to admit",
  },
  {
    name: "allow-ip",
    argument: "ADDRESS",
    brief:
      "Which address the client admits: resolve (asks a web service, unless set), source or one",
    group: "The address to admit",
  },
  {
    name: "server-port",
    short: "p",
    argument: "PORT",
    brief: "Port the packets go to, 62201 unless set",
    group: "Where and how to send",
  },
  {
    name: "server-proto",
    short: "P",
    argument: "TRANSPORT",
    brief: "How the packets travel, udp unless set",
    group: "Where and how to send",
  },
  {
    name: "hmac-digest-type",
    argument: "DIGEST",
    brief: "Digest of the HMAC, sha256 unless set",
    group: "Keys",
  },
  {
    name: "client-file",
    argument: "FILE",
    brief: "Write the client's stanza to a new file, readable by you alone",
    group: "Keys",
  },
  { name: "qr", brief: "Show the keys as a QR code, as on a terminal", group: "Keys" },
  {
    name: "qr-file",
    argument: "FILE",
    brief: "Write the QR code to a new SVG file, readable by you alone",
    group: "Keys",
  },
  { name: "force", brief: "Replace files that are there", group: "Keys" },
  {
    name: "install",
    brief: "Add the server's stanza to access.conf here, and let a running daemon reload",
    group: "Configuration",
  },
  ...SERVER_OPTIONS.flatMap((row): OptionRow[] => {
    const { short, ...long } = row;
    if (!SERVER_NAMES.includes(row.name)) return [];
    const isClear = short !== undefined && !CLIENT_LETTERS.includes(short);
    return [{ ...long, ...(isClear ? { short } : {}), group: "Configuration" }];
  }),
];
