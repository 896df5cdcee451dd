/**
 * The settings of the server, for commands that need no stanza.
 *
 * @module
 */
import { parseFwknopdConf } from "../lib/config/fwknopd_conf.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import { systemFiles } from "../lib/config/read_file.ts";
import { CONFIG_OPTIONS } from "../lib/config/server_options.ts";
import { type ResolvedSettings, resolveServerSettings } from "../lib/config/server_settings.ts";
import type { Context } from "./context.ts";
import { printDiagnostics } from "./load_server_config.ts";

const DEFAULT_FILE = "/etc/fwknop/fwknopd.conf";

/**
 * Reads `--config-file` (or the default file) and the files of `--override-config`, and prints what is wrong with
 * them; `undefined` where an error was among it.
 */
export function loadServerSettings(
  options: GivenOptions,
  context: Context,
): ResolvedSettings | undefined {
  const overrides = (options.value("override-config") ?? "").split(",").filter((path) => path);
  const reads = [options.value("config-file") ?? DEFAULT_FILE, ...overrides]
    .map((path) => ({ path, ...systemFiles.read(path, "Config") }));
  const files = reads.flatMap(({ path, text }) =>
    text === undefined ? [] : [parseFwknopdConf(text, path)]
  );
  const outcome = resolveServerSettings(files, options, CONFIG_OPTIONS);
  const diagnostics = [...reads.flatMap((read) => read.diagnostics), ...outcome.diagnostics];
  printDiagnostics(diagnostics, context);
  return diagnostics.some(({ severity }) => severity === "error") ? undefined : outcome.resolved;
}
