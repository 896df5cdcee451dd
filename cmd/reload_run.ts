/**
 * What `fwknop reload` does.
 *
 * @module
 */
import { reloadDaemon, serviceWithCopies } from "../lib/daemon/remote_control.ts";
import type { RunCommand } from "./command.ts";
import { ExitCode } from "./context.ts";
import { loadServerSettings } from "./load_server_settings.ts";

/** Prints what the C daemon's `-R` prints (`docs/spec/server.md` 12). */
export const runReload: RunCommand = (options, _words, context) => {
  const resolved = loadServerSettings(options, context);
  if (resolved === undefined) return Promise.resolve(ExitCode.failure);
  const pid = reloadDaemon(resolved.settings.FWKNOP_PID_FILE);
  const service = pid === undefined ? undefined : serviceWithCopies(pid);
  if (service !== undefined) {
    context.err(
      `The daemon (pid=${pid}) reads copies that were made when it was started\n` +
        `  For changed files: systemctl restart ${service}\n`,
    );
    return Promise.resolve(ExitCode.failure);
  }
  context.out(
    pid === undefined
      ? "No running fwknopd detected.\n"
      : `Sent restart signal to fwknopd (pid=${pid})\n`,
  );
  return Promise.resolve(pid === undefined ? ExitCode.failure : ExitCode.ok);
};
