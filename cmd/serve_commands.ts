/**
 * Command messages and command cycles of the server, from its configuration.
 *
 * @module
 */
import { HOST_CLOCKS } from "../lib/clocks.ts";
import { CommandCycles } from "../lib/command/command_cycles.ts";
import { CommandRunner } from "../lib/command/command_runner.ts";
import { closesPath } from "../lib/command/pending_closes.ts";
import type { CommandSurroundings } from "../lib/command/run_command.ts";
import { prepareAccounts } from "../lib/daemon/accounts.ts";
import type { LoadedServerConfig } from "./load_server_config.ts";
import type { ServeLog } from "./serve_log.ts";

/** What runs commands; stays for the life of the process but for what a reload changes. */
export interface ServeCommands {
  readonly commands: CommandRunner;
  readonly cycles: CommandCycles;
  /** Cycles that are open when the daemon leaves are closed then. */
  readonly closeAll: boolean;
  readonly surroundings: CommandSurroundings;
  readonly uid: number;
}

/**
 * At the start, before any permission is dropped. Nothing is run yet.
 *
 * @param ending stops the commands that run for a packet.
 * @throws {HintedError}
 */
export function openCommands(
  config: LoadedServerConfig,
  log: ServeLog,
  ending: AbortSignal,
): ServeCommands {
  const { settings, stanzas } = config;
  // For a reload: by then it is too late to load it.
  prepareAccounts();
  const surroundings = { seconds: settings.CMD_EXEC_TIMEOUT, ending };
  const cycles = CommandCycles.open({
    path: closesPath(settings.FWKNOP_RUN_DIR),
    stanzas,
    surroundings,
    clocks: HOST_CLOCKS,
    onEvent: (event) => log.cycle(event),
  });
  return assemble(config, cycles, surroundings, Deno.uid() ?? 0);
}

/** At a reload, when nothing else can fail any more: what is open stays so. */
export function reloadCommands(config: LoadedServerConfig, before: ServeCommands): ServeCommands {
  const surroundings = { ...before.surroundings, seconds: config.settings.CMD_EXEC_TIMEOUT };
  before.cycles.adopt(config.stanzas, surroundings);
  return assemble(config, before.cycles, surroundings, before.uid);
}

function assemble(
  { settings, given }: LoadedServerConfig,
  cycles: CommandCycles,
  surroundings: CommandSurroundings,
  uid: number,
): ServeCommands {
  const keeps = (["FLUSH_IPT_AT_EXIT", "FLUSH_FIREWD_AT_EXIT"] as const)
    .some((name) => given.has(name) && !settings[name]);
  const commands = new CommandRunner(surroundings, settings.SUDO_EXE, uid);
  return { commands, cycles, closeAll: !keeps, surroundings, uid };
}
