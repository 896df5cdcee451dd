/**
 * What the commands that drive a running daemon have in common.
 *
 * @module
 */
import type { OptionRow } from "../lib/config/option.ts";
import { SERVER_OPTIONS } from "../lib/config/server_options.ts";

const NAMES: ReadonlySet<string> = new Set([
  "config-file",
  "override-config",
  "pid-file",
  "run-dir",
  "uci",
]);

/** Everything that decides where the PID file is, as for `serve`. */
export const DAEMON_OPTIONS: readonly OptionRow[] = SERVER_OPTIONS.filter(({ name }) =>
  NAMES.has(name)
);

/** What the commands print that find none, in both dialects. */
export const NONE_RUNS = "No running fwknopd detected.\n";
