/**
 * Command messages and command cycles as parts of the daemon.
 *
 * @module
 */
import { HOST_CLOCKS } from "../clocks.ts";
import { CommandCycles } from "../command/command_cycles.ts";
import { CommandRunner } from "../command/command_runner.ts";
import type { CycleEvent } from "../command/cycle_event.ts";
import { closesPath } from "../command/pending_closes.ts";
import type { CommandLimits } from "../command/execute_command.ts";
import type { LoadedServerConfig } from "../config/server_config.ts";
import type { DaemonLog } from "./daemon_log.ts";
import type { Change } from "./part.ts";

/** Opens the cycles at every start, because a reload may add the first stanza with a cycle. Runs no command. */
export function openCycles(change: Change): CommandCycles | undefined {
  const { config: { settings, stanzas }, life } = change;
  if (life.testMode) return undefined;
  return CommandCycles.open({
    path: closesPath(settings.FWKNOP_RUN_DIR),
    stanzas,
    limits: commandLimitsOf(change),
    clocks: HOST_CLOCKS,
    onEvent: cycleReporter(life.log),
  });
}

/** Makes the runner. Each reload makes a new one, because it holds only settings. */
export function openCommands(change: Change): CommandRunner | undefined {
  const { config: { settings }, life } = change;
  if (life.testMode) return undefined;
  return new CommandRunner(commandLimitsOf(change), settings.SUDO_EXE, life.uid);
}

/** How commands are run with this configuration. */
export function commandLimitsOf({ config: { settings }, life }: Change): CommandLimits {
  return { seconds: settings.CMD_EXEC_TIMEOUT, ending: life.ending };
}

/** Whether cycles that are open when the daemon ends are closed then. */
export function closesAll({ settings, given }: LoadedServerConfig): boolean {
  return !(["FLUSH_IPT_AT_EXIT", "FLUSH_FIREWD_AT_EXIT"] as const)
    .some((name) => given.has(name) && !settings[name]);
}

/** A separate function, for the reason given at `captureReporter` in `parts.ts`. */
function cycleReporter(log: DaemonLog): (event: CycleEvent) => void {
  return (event) => log.cycle(event);
}
