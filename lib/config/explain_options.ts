/**
 * The options of `fwknop explain`.
 *
 * @module
 */
import type { OptionRow } from "./option.ts";
import { SERVER_OPTIONS } from "./server_options.ts";

/** Options of the server that change how packets are judged, or that name its files. */
const TAKEN_OVER: ReadonlySet<string> = new Set([
  "access-file",
  "access-folder",
  "config-file",
  "override-config",
  "digest-file",
  "nfq-capture",
  "pcap-filter",
  "run-dir",
  "udp-server",
  "gpg-home-dir",
  "gpg-exe",
]);

/** Options that name the configuration, or that change properties of the packets. */
export const EXPLAIN_OPTIONS: readonly OptionRow[] = [
  ...SERVER_OPTIONS.filter((row) => TAKEN_OVER.has(row.name)),
  {
    name: "now",
    argument: "TIME",
    brief: "Judge the packets at this time: seconds since 1970, or as 2026-11-22T09:30:00Z",
  },
  { name: "from", argument: "ADDRESS", brief: "Take the packets as sent by this address" },
  { name: "to", argument: "ADDRESS", brief: "Take the packets as sent to this address" },
  { name: "json", brief: "Print an object a line" },
];
