/**
 * What `fwknop reload` does.
 *
 * @module
 */
import { reloadDaemon, serviceWithCopies } from "../lib/daemon/remote_control.ts";
import type { RunCommand } from "./command.ts";
import { ExitCode } from "./context.ts";
import { loadServerConfig } from "./load_server_config.ts";

/**
 * Prints what the C daemon's `-R` prints (`docs/spec/server.md` 12). A configuration that the daemon would refuse is told
 * here, where the administrator looks, and nothing is sent.
 */
export const runReload: RunCommand = (options, _words, context) => {
  const config = loadServerConfig(options, context);
  if (config === undefined) {
    context.err(
      "fwknop: nothing is sent: a running server keeps the configuration that it has\n" +
        "  Name the files that it was started with, if they are others: fwknop reload -c FILE -a FILE\n",
    );
    return Promise.resolve(ExitCode.failure);
  }
  const pid = reloadDaemon(config.settings.FWKNOP_PID_FILE);
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
