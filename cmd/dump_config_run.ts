/**
 * What `fwknop dump-config` does.
 *
 * @module
 */
import { toJson, visibleLines } from "../lib/one_line.ts";
import { dumpConfig } from "../lib/config/dump.ts";
import { dumpConfigJson } from "../lib/config/dump_json.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import { readServerConfig } from "../lib/config/server_config.ts";
import { type Context, ExitCode } from "./context.ts";
import { printDiagnostics } from "./print_diagnostics.ts";
import { systemFiles } from "./system_files.ts";

/** Prints the configuration; nothing but the errors where the server would not start with it. */
export function runDumpConfig(
  options: GivenOptions,
  _words: readonly string[],
  context: Context,
): Promise<number> {
  const { config, diagnostics } = readServerConfig(options, systemFiles);
  printDiagnostics(diagnostics, context);
  if (config === undefined) return Promise.resolve(ExitCode.failure);
  context.out(
    options.has("json")
      ? `${toJson(dumpConfigJson(config), 2)}\n`
      : visibleLines(dumpConfig(config)),
  );
  return Promise.resolve(ExitCode.ok);
}
