/**
 * What `fwknop stop` does.
 *
 * @module
 */
import { stopDaemon } from "../lib/daemon/remote_control.ts";
import type { RunCommand } from "./command.ts";
import { ExitCode } from "./context.ts";
import { loadServerSettings } from "./load_server_settings.ts";

/** Prints what the C daemon's `-K` prints (`docs/spec/server.md` 12). */
export const runStop: RunCommand = async (options, _words, context) => {
  const resolved = loadServerSettings(options, context);
  if (resolved === undefined) return ExitCode.failure;
  const stopped = await stopDaemon(resolved.settings.FWKNOP_PID_FILE);
  if (stopped === undefined) {
    context.err("No running fwknopd detected.\n");
    return ExitCode.failure;
  }
  context.out(`Killed fwknopd (pid=${stopped.pid}) via ${stopped.by}\n`);
  return ExitCode.ok;
};
