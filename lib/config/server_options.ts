/**
 * The options of the server, once: the flags of `fwknop serve` and the command line of the C daemon are
 * made from this table (`docs/spec/server.md` 3).
 *
 * @module
 */
import type { OptionRow } from "./option.ts";

/** Every option of the server, in the order of the specification. */
export const SERVER_OPTIONS: readonly OptionRow[] = [
  {
    name: "access-file",
    short: "a",
    argument: "FILE",
    brief: "Read the access stanzas from this file",
    variable: "ACCESS_FILE",
  },
  {
    name: "access-folder",
    argument: "FOLDER",
    brief: "Read the access stanzas from every *.conf file in this folder",
    variable: "ACCESS_FOLDER",
  },
  {
    name: "config-file",
    short: "c",
    argument: "FILE",
    brief: "Read the settings from this file",
    variable: "CONFIG_FILE",
  },
  {
    name: "override-config",
    short: "O",
    argument: "FILES",
    brief: "Read these files, joined by commas, after the settings; their values win",
    variable: "OVERRIDE_CONFIG",
  },
  {
    name: "interface",
    short: "i",
    argument: "NAME",
    brief: "Sniff this interface",
    variable: "PCAP_INTF",
  },
  { name: "foreground", short: "f", brief: "Stay attached and log to standard error" },
  {
    name: "packet-limit",
    short: "C",
    argument: "COUNT",
    brief: "Exit after this many packets, valid or not; 0 is no limit",
  },
  {
    name: "digest-file",
    short: "d",
    argument: "FILE",
    brief: "Keep the digests of seen packets in this file",
    variable: "DIGEST_FILE",
  },
  { name: "dump-config", short: "D", brief: "Print the settings and exit", only: "compat" },
  { name: "kill", short: "K", brief: "Stop the running daemon", only: "compat" },
  { name: "restart", short: "R", brief: "Let the running daemon reload", only: "compat" },
  { name: "status", short: "S", brief: "Say whether a daemon runs", only: "compat" },
  {
    name: "locale",
    short: "l",
    argument: "NAME",
    brief: "Accepted; output does not depend on the locale",
    variable: "LOCALE",
  },
  {
    name: "nfq-capture",
    short: "n",
    brief: "Receive packets from a netfilter queue",
    variable: "ENABLE_NFQ_CAPTURE",
  },
  {
    name: "pid-file",
    short: "p",
    argument: "FILE",
    brief: "Keep the PID in this file",
    variable: "FWKNOP_PID_FILE",
  },
  {
    name: "pcap-filter",
    short: "P",
    argument: "FILTER",
    brief: "Sniff what this libpcap filter lets through",
    variable: "PCAP_FILTER",
  },
  {
    name: "pcap-file",
    argument: "FILE",
    brief: "Read packets from this capture file",
    variable: "PCAP_FILE",
  },
  {
    name: "pcap-any-direction",
    brief: "Also look at packets that leave the interface",
    variable: "ENABLE_PCAP_ANY_DIRECTION",
  },
  {
    name: "run-dir",
    short: "r",
    argument: "FOLDER",
    brief: "Keep the PID file and the digests in this folder",
    variable: "FWKNOP_RUN_DIR",
  },
  {
    name: "rotate-digest-cache",
    brief: "Rename the digest file and start with an empty one",
  },
  {
    name: "test",
    short: "t",
    brief: "Process packets fully, but change nothing outside the process",
  },
  { name: "dry-run", brief: "The same as --test", only: "native" },
  {
    name: "udp-server",
    short: "U",
    brief: "Receive packets on a UDP socket in place of sniffing",
    variable: "ENABLE_UDP_SERVER",
  },
  {
    name: "verbose",
    short: "v",
    brief: "Log more; may be repeated",
    variable: "VERBOSE",
    counted: true,
  },
  { name: "log-format", argument: "text|json", brief: "How log lines look", only: "native" },
  { name: "syslog-enable", brief: "With --foreground: log to syslog as well" },
  { name: "version", short: "V", brief: "Print the version and exit", only: "compat" },
  { name: "help", short: "h", brief: "Print this help and exit", only: "compat" },
  { name: "fw-list", brief: "List our firewall rules and exit", only: "compat" },
  { name: "fw-list-all", brief: "List the whole tables in use and exit", only: "compat" },
  { name: "fw-flush", brief: "Remove our firewall rules and exit", only: "compat" },
  { name: "key-gen", brief: "Print a pair of new keys and exit", only: "compat" },
  {
    name: "key-gen-file",
    argument: "FILE",
    brief: "Write a pair of new keys to this file and exit",
    only: "compat",
  },
  {
    name: "key-len",
    argument: "BYTES",
    brief: "Length of the new encryption key",
    only: "compat",
  },
  {
    name: "hmac-key-len",
    argument: "BYTES",
    brief: "Length of the new HMAC key",
    only: "compat",
  },
  {
    name: "hmac-digest-type",
    argument: "DIGEST",
    brief: "Digest the new HMAC key is for",
    only: "compat",
  },
  { name: "exit-parse-config", brief: "Check the configuration and exit" },
  {
    name: "exit-parse-digest-cache",
    brief: "Check the configuration and the digest file, and exit",
  },
  {
    name: "gpg-home-dir",
    argument: "FOLDER",
    brief: "GnuPG folder of stanzas that name none",
    variable: "GPG_HOME_DIR",
  },
  {
    name: "gpg-exe",
    argument: "FILE",
    brief: "GnuPG program of stanzas that name none",
    variable: "GPG_EXE",
  },
  { name: "sudo-exe", argument: "FILE", brief: "The sudo program", variable: "SUDO_EXE" },
  { name: "no-ipt-check-support", brief: "Do not use iptables -C" },
  { name: "no-firewd-check-support", brief: "Do not use firewalld's -C" },
  {
    name: "dump-serv-err-codes",
    brief: "Print the error codes of the server and exit",
    only: "compat",
  },
  { name: "afl-fuzzing", short: "A", brief: "For special builds of the C daemon", only: "compat" },
  {
    name: "afl-pkt-file",
    argument: "FILE",
    brief: "For special builds of the C daemon",
    only: "compat",
  },
  {
    name: "fault-injection-tag",
    argument: "TAG",
    brief: "For special builds of the C daemon",
    only: "compat",
  },
];

/** The options that say where the configuration is or change it; commands that only read it take these. */
export const CONFIG_OPTIONS: readonly OptionRow[] = SERVER_OPTIONS.filter((row) =>
  row.variable !== undefined && row.only !== "compat"
);
