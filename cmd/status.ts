/**
 * `fwknop status`, and `fwknopd -S`.
 *
 * @module
 */
import { runningDaemon } from "../lib/daemon/pid_file.ts";
import { toJson } from "../lib/one_line.ts";
import type { Command } from "./command.ts";
import { type Context, ExitCode } from "./context.ts";
import { DAEMON_OPTIONS, NONE_RUNS } from "./daemon_options.ts";
import { loadServerSettings } from "./load_server_settings.ts";

/** Says whether a daemon runs. Sends it nothing and changes nothing. */
export const status: Command = {
  description: "The exit status is 0 if a server runs, and 1 if no server runs.",
  options: [...DAEMON_OPTIONS, { name: "json", brief: "Print a JSON object" }],
  run(options, _words, context) {
    const resolved = loadServerSettings(options, context);
    return resolved === undefined
      ? ExitCode.failure
      : printStatus(resolved.settings.FWKNOP_PID_FILE, context, options.has("json"));
  },
};

/** Prints the same line in both dialects (`docs/spec/server.md` 12), or a JSON object; returns the exit status. */
export function printStatus(pidFile: string, context: Context, asJson = false): number {
  const pid = runningDaemon(pidFile);
  if (asJson) {
    context.out(`${toJson({ running: pid !== undefined, pid: pid ?? null, pidFile })}\n`);
  } else {
    context.out(pid === undefined ? NONE_RUNS : `Detected fwknopd is running (pid=${pid}).\n`);
  }
  return pid === undefined ? ExitCode.failure : ExitCode.ok;
}
