/**
 * Loads the configuration of the server, for commands that use it.
 *
 * @module
 */
import { filesFrom, settingsFrom } from "../lib/config/absolute_paths.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import {
  type LoadedServerConfig,
  readServerConfig,
  readUsableConfig,
  type ServerConfig,
} from "../lib/config/server_config.ts";
import type { Context } from "./context.ts";
import { type DiagnosticPrinter, printDiagnostics } from "./print_diagnostics.ts";
import { systemFiles } from "./system_files.ts";

/**
 * Reads the files that the options name, or the default ones. Prints errors and warnings on standard error, as text or
 * with `print`; `undefined` if there was an error.
 *
 * @param folder base of relative paths in the files; absent: the working directory.
 */
export function loadServerConfig(
  options: GivenOptions,
  context: Context,
  print: DiagnosticPrinter = printDiagnostics,
  folder?: string,
): LoadedServerConfig | undefined {
  const files = folder === undefined ? systemFiles : filesFrom(folder, systemFiles);
  const { config, diagnostics } = readServerConfig(options, files);
  print(diagnostics, context);
  if (config === undefined) return undefined;
  return loaded(config, folder);
}

/** The usable part of a configuration with errors, for commands that continue with it. It may have no stanza. */
export function loadUsableConfig(options: GivenOptions): LoadedServerConfig {
  return loaded(readUsableConfig(options, systemFiles));
}

function loaded(config: ServerConfig, folder = Deno.cwd()): LoadedServerConfig {
  const settings = settingsFrom(folder, config.settings);
  return { ...config, settings, stanzas: config.stanzas.map(({ stanza }) => stanza) };
}
