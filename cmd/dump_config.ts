/**
 * `fwknop dump-config`, and `fwknopd -D`.
 *
 * @module
 */
import { dumpConfigText } from "../lib/config/dump.ts";
import { dumpConfigJson } from "../lib/config/dump_json.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import { readServerConfig } from "../lib/config/server_config.ts";
import { CONFIG_OPTIONS } from "../lib/config/server_options.ts";
import { toJson, visibleLines } from "../lib/one_line.ts";
import type { Command } from "./command.ts";
import { type Context, ExitCode } from "./context.ts";
import { printDiagnostics } from "./print_diagnostics.ts";
import { systemFiles } from "./system_files.ts";

/** Shows the configuration as the server would use it. */
export const dumpConfig: Command = {
  description: [
    "Prints the configuration in the layout of fwknopd -D, or with --json as one object. Errors and warnings go to",
    "standard error. The exit status says whether the server would start with this configuration.",
  ].join("\n"),
  options: [...CONFIG_OPTIONS, { name: "json", brief: "Print a JSON object" }],
  run: (options, _words, context) => printConfig(options, context, options.has("json")),
};

/** Prints the same in both dialects, or only the errors if the server would not start. Returns the exit status. */
export function printConfig(options: GivenOptions, context: Context, asJson = false): number {
  const { config, diagnostics } = readServerConfig(options, systemFiles);
  printDiagnostics(diagnostics, context);
  if (config === undefined) return ExitCode.failure;
  context.out(
    asJson ? `${toJson(dumpConfigJson(config), 2)}\n` : visibleLines(dumpConfigText(config)),
  );
  return ExitCode.ok;
}
