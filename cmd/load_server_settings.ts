/**
 * The settings of the server, for commands that need no stanza.
 *
 * @module
 */
import type { GivenOptions } from "../lib/config/option.ts";
import { readServerSettings } from "../lib/config/server_config.ts";
import type { ResolvedSettings } from "../lib/config/server_settings.ts";
import type { Context } from "./context.ts";
import { printDiagnostics } from "./load_server_config.ts";
import { systemFiles } from "./system_files.ts";

/**
 * Reads the files that the options name, or the default ones, and prints what is wrong with them on standard error;
 * `undefined` where an error was among it.
 */
export function loadServerSettings(
  options: GivenOptions,
  context: Context,
): ResolvedSettings | undefined {
  const { resolved, diagnostics } = readServerSettings(options, systemFiles);
  printDiagnostics(diagnostics, context);
  return resolved;
}
