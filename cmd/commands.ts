/**
 * The table of subcommands.
 *
 * @module
 */
import type { CommandTable } from "./command.ts";

/** Every subcommand. Code that explains commands gets the table as an argument: no command's file imports it. */
export const COMMANDS: CommandTable = {
  knock: {
    brief: "Ask a server to open a port for one address",
    group: "Client",
    load: async () => (await import("./knock.ts")).knock,
  },
  keygen: {
    brief: "Make a pair of keys for a stanza",
    group: "Client",
    load: async () => (await import("./keygen.ts")).keygen,
  },
  stanza: {
    brief: "Add, show or remove a stanza of ~/.fwknoprc",
    group: "Client",
    load: async () => (await import("./stanza.ts")).stanza,
  },
  accept: {
    brief: "Add the stanza that a server's administrator gave you, and knock",
    group: "Client",
    load: async () => (await import("./accept.ts")).accept,
  },
  setup: {
    brief: "Make this host a server: close its port, and take all back unless a knock opens it",
    group: "Server",
    load: async () => (await import("./setup.ts")).setup,
  },
  serve: {
    brief: "Watch for packets of clients that have a key, and open the firewall",
    group: "Server",
    load: async () => (await import("./serve.ts")).serve,
  },
  invite: {
    brief: "Add a client: make keys, the server's stanza and the client's",
    group: "Server",
    load: async () => (await import("./invite.ts")).invite,
  },
  status: {
    brief: "Say whether the server runs",
    group: "Server",
    load: async () => (await import("./status.ts")).status,
  },
  stop: {
    brief: "Stop the running server and wait until it is gone",
    group: "Server",
    load: async () => (await import("./stop.ts")).stop,
  },
  reload: {
    brief: "Make the running server read its configuration again",
    group: "Server",
    load: async () => (await import("./reload.ts")).reload,
  },
  "fw-list": {
    brief: "List the admitted addresses, by rule, and the seconds left",
    group: "Server",
    load: async () => (await import("./fw_list.ts")).fwList,
  },
  "fw-flush": {
    brief: "Remove every firewall rule of the server, and nothing else",
    group: "Server",
    load: async () => (await import("./fw_flush.ts")).fwFlush,
  },
  "dump-config": {
    brief: "Print the settings and stanzas of the server, without its keys",
    group: "Server",
    load: async () => (await import("./dump_config.ts")).dumpConfig,
  },
  explain: {
    brief: "Explain step by step how the server judges a captured packet",
    group: "When it does not work",
    load: async () => (await import("./explain.ts")).explain,
  },
  doctor: {
    brief: "Find out why knocking does not work on this host",
    group: "When it does not work",
    load: async () => (await import("./doctor.ts")).doctor,
  },
  print: {
    brief: "Print manual pages, completion, systemd units, sample files",
    group: "This program",
    load: async () => (await import("./print.ts")).printFrom(COMMANDS),
  },
  uci: {
    brief: "Make fwknopd.conf and access.conf from OpenWrt's configuration",
    group: "Server",
    load: async () => (await import("./uci.ts")).uci,
  },
  install: {
    brief: "Install this program: binary, services, manual pages, completion",
    group: "This program",
    load: async () => (await import("./install.ts")).installFrom(COMMANDS),
  },
  upgrade: {
    brief: "Replace this program by a signed file of a release",
    group: "This program",
    load: async () => (await import("./upgrade.ts")).upgrade,
  },
  uninstall: {
    brief: "Remove what install installed, and nothing else",
    group: "This program",
    load: async () => (await import("./uninstall.ts")).uninstall,
  },
  help: {
    brief: "Print the help of a command, or the list of commands",
    group: "This program",
    load: async () => (await import("./help.ts")).helpOn(COMMANDS),
  },
  version: {
    brief: "Print the version of the program and of the wire format",
    group: "This program",
    load: async () => (await import("./version.ts")).version,
  },
};
