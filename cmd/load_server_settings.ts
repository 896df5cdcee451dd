/**
 * Loads the settings of the server, for commands that need no stanza.
 *
 * @module
 */
import type { Diagnostic } from "../lib/errors/diagnostic.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import { readBrokenSettings, readServerSettings } from "../lib/config/settings_files.ts";
import type { ResolvedSettings, SettingsOutcome } from "../lib/config/server_settings.ts";
import type { Context } from "./context.ts";
import { printDiagnostics } from "./print_diagnostics.ts";
import { systemFiles } from "./system_files.ts";

/**
 * Reads the files that the options name, or the default ones, and prints errors and warnings on standard error.
 * `undefined` only if there is no file, or if another user can change it.
 */
export function loadServerSettings(
  options: GivenOptions,
  context: Context,
): ResolvedSettings | undefined {
  const { resolved, diagnostics } = readUrgentSettings(options);
  printDiagnostics(diagnostics, context);
  return resolved;
}

/**
 * The settings for commands that administrators need when something is wrong. A value that cannot be used is replaced
 * with an earlier one or with its default, and a last finding says so.
 */
export function readUrgentSettings(options: GivenOptions): SettingsOutcome {
  const sound = readServerSettings(options, systemFiles);
  if (sound.resolved !== undefined) return sound;
  const { resolved, diagnostics } = readBrokenSettings(options, systemFiles);
  return resolved === undefined ? { diagnostics } : {
    resolved,
    diagnostics: [...diagnostics, GOING_ON],
  };
}

const GOING_ON: Diagnostic = {
  severity: "warning",
  text:
    "Warning: the configuration has errors; continuing with defaults for values that cannot be used",
  hint: "No server starts with it: fwknop dump-config lists the errors",
};
