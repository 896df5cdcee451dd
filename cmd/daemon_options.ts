/**
 * Options and texts of the commands that control a running daemon.
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

/** The options that decide where the PID file is, as for `serve`. */
export const DAEMON_OPTIONS: readonly OptionRow[] = SERVER_OPTIONS.filter(({ name }) =>
  NAMES.has(name)
);

/** The line of the commands that find no daemon, in both dialects. */
export const NONE_RUNS = "No running fwknopd detected.\n";
