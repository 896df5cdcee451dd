/**
 * What `fwknop dump-config` does.
 *
 * @module
 */
import { dumpConfig } from "../lib/config/dump.ts";
import { dumpConfigJson } from "../lib/config/dump_json.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import { readServerConfig } from "../lib/config/server_config.ts";
import { type Context, ExitCode } from "./context.ts";
import { printDiagnostics } from "./load_server_config.ts";
import { systemFiles } from "./system_files.ts";

/**
 * Prints the configuration. One that is understood is printed even where the server would not start with it, because it
 * asks for something that is not implemented.
 */
export function runDumpConfig(
  options: GivenOptions,
  _words: readonly string[],
  context: Context,
): Promise<number> {
  const { config, diagnostics, unhonoured } = readServerConfig(options, systemFiles);
  printDiagnostics([...diagnostics, ...unhonoured], context);
  if (config !== undefined) {
    context.out(
      options.has("json")
        ? `${JSON.stringify(dumpConfigJson(config), null, 2)}\n`
        : dumpConfig(config),
    );
  }
  const complete = config !== undefined && unhonoured.length === 0;
  return Promise.resolve(complete ? ExitCode.ok : ExitCode.failure);
}
