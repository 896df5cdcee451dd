/**
 * What `fwknop status` does.
 *
 * @module
 */
import { toJson } from "../lib/one_line.ts";
import { runningDaemon } from "../lib/daemon/pid_file.ts";
import type { RunCommand } from "./command.ts";
import { ExitCode } from "./context.ts";
import { loadServerSettings } from "./load_server_settings.ts";

/** Prints what the C daemon's `-S` prints (`docs/spec/server.md` 12). */
export const runStatus: RunCommand = (options, _words, context) => {
  const resolved = loadServerSettings(options, context);
  if (resolved === undefined) return Promise.resolve(ExitCode.failure);
  const pidFile = resolved.settings.FWKNOP_PID_FILE;
  const pid = runningDaemon(pidFile);
  if (options.has("json")) {
    context.out(`${toJson({ running: pid !== undefined, pid: pid ?? null, pidFile })}\n`);
  } else {
    context.out(
      pid === undefined
        ? "No running fwknopd detected.\n"
        : `Detected fwknopd is running (pid=${pid}).\n`,
    );
  }
  return Promise.resolve(pid === undefined ? ExitCode.failure : ExitCode.ok);
};
