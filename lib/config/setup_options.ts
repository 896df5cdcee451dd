/**
 * The options of `fwknop setup`.
 *
 * @module
 */
import type { OptionRow } from "./option.ts";

/** Every option of the command. */
export const SETUP_OPTIONS: readonly OptionRow[] = [
  {
    name: "port",
    argument: "SERVICES",
    brief: "What to close, such as tcp/22 or tcp/22,tcp/443; the port of sshd unless set",
    group: "The request",
  },
  {
    name: "client",
    argument: "NAME",
    brief: "Name of the first client",
    group: "The request",
  },
  {
    name: "server",
    short: "D",
    argument: "HOST",
    brief: "This host as the client will reach it",
    group: "Where and how to send",
  },
  {
    name: "allow-ip",
    argument: "ADDRESS",
    brief:
      "Which address the client admits: resolve (asks a web service), source or one; what fits your session unless set",
    group: "The address to admit",
  },
  {
    name: "interface",
    short: "i",
    argument: "INTERFACE",
    brief: "Where packets of clients arrive; those of the default routes unless set",
    group: "Where packets come from",
  },
  {
    name: "client-file",
    argument: "FILE",
    brief: "Write the client's stanza to this new file too, readable by root alone",
    group: "Keys",
  },
  { name: "qr", brief: "Show the client's keys as a QR code", group: "Keys" },
  {
    name: "confirm-within",
    argument: "SECONDS",
    brief: "Take everything out again unless confirmed in this time, 120 unless set",
    group: "Running",
  },
  { name: "yes", short: "y", brief: "Ask nothing", group: "Running" },
  { name: "dry-run", brief: "Print what would be done, and do nothing", group: "Running" },
  {
    name: "undo",
    brief: "Take out what setup put in; the port is open then, as it was before",
    group: "Running",
  },
  {
    name: "unless-confirmed",
    argument: "NAME",
    brief:
      "With --undo: only if the set-up of this name waits for its confirmation; its timer says so",
    group: "Running",
  },
  {
    name: "after",
    argument: "SECONDS",
    brief: "With --unless-confirmed: first wait in the background, where there is no systemd",
    group: "Running",
  },
];
