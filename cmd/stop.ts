/**
 * `fwknop stop`, and `fwknopd -K`.
 *
 * @module
 */
import { stopDaemon } from "../lib/daemon/remote_control.ts";
import type { Command } from "./command.ts";
import { type Context, ExitCode } from "./context.ts";
import { DAEMON_OPTIONS, NONE_RUNS } from "./daemon_options.ts";
import { loadServerSettings } from "./load_server_settings.ts";

/** Ends the running daemon. */
export const stop: Command = {
  options: DAEMON_OPTIONS,
  run(options, _words, context) {
    const resolved = loadServerSettings(options, context);
    return resolved === undefined
      ? ExitCode.failure
      : stopServer(resolved.settings.FWKNOP_PID_FILE, context);
  },
};

/** Ends the daemon and prints the same line in both dialects (`docs/spec/server.md` 12); returns the exit status. */
export async function stopServer(pidFile: string, context: Context): Promise<number> {
  const stopped = await stopDaemon(pidFile);
  if (stopped === undefined) {
    context.err(NONE_RUNS);
    return ExitCode.failure;
  }
  context.out(`Killed fwknopd (pid=${stopped.pid}) via ${stopped.by}\n`);
  return ExitCode.ok;
}
