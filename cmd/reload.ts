/**
 * `fwknop reload`, and `fwknopd -R`.
 *
 * @module
 */
import { SERVER_OPTIONS } from "../lib/config/server_options.ts";
import { reloadDaemon, serviceWithCopies } from "../lib/daemon/remote_control.ts";
import type { Command } from "./command.ts";
import { type Context, ExitCode } from "./context.ts";
import { DAEMON_OPTIONS, NONE_RUNS } from "./daemon_options.ts";

/** Makes the running daemon read its configuration again. */
export const reload: Command = {
  description: [
    "Checks the configuration first. If it has an error, no signal is sent and the exit status is 1. The server keeps its",
    "grants.",
  ].join("\n"),
  options: [
    ...DAEMON_OPTIONS,
    ...SERVER_OPTIONS.filter(({ name }) => name === "access-file" || name === "access-folder"),
  ],
  /** Reports errors of the configuration here, where the administrator sees them. */
  async run(options, _words, context) {
    const { loadServerConfig } = await import("./load_server_config.ts");
    const config = loadServerConfig(options, context);
    if (config === undefined) {
      context.err(
        "fwknop: no signal is sent: a running server keeps its present configuration\n" +
          "  If it was started with other files, name them: fwknop reload -c FILE -a FILE\n",
      );
      return ExitCode.failure;
    }
    const pid = reloadDaemon(config.settings.FWKNOP_PID_FILE);
    const service = pid === undefined ? undefined : serviceWithCopies(pid);
    if (service === undefined) return printReload(pid, context);
    context.err(
      `The daemon (pid=${pid}) reads copies of its files that were made at its start\n` +
        `  To make it read changed files: systemctl restart ${service}\n`,
    );
    return ExitCode.failure;
  },
};

/** `-R` of the C dialect, which checks nothing first. */
export function reloadServer(pidFile: string, context: Context): number {
  return printReload(reloadDaemon(pidFile), context);
}

/** The same in both dialects (`docs/spec/server.md` 12); returns the exit status. */
function printReload(pid: number | undefined, context: Context): number {
  context.out(pid === undefined ? NONE_RUNS : `Sent restart signal to fwknopd (pid=${pid})\n`);
  return pid === undefined ? ExitCode.failure : ExitCode.ok;
}
