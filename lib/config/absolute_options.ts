/**
 * Relative paths of a command line, made absolute before the working directory changes.
 *
 * @module
 */
import { FWKNOPD_ROWS } from "./fwknopd_variables.ts";
import { GivenOptions } from "./option.ts";
import { SERVER_OPTIONS } from "./server_options.ts";

/**
 * The same options with every path written from the root (`docs/spec/server.md` 16, row 13: the C daemon loses relative
 * ones at a reload).
 *
 * @param folder what they are relative to, from the root.
 */
export function absoluteOptions(options: GivenOptions, folder: string): GivenOptions {
  return new GivenOptions(options.entries.map(({ name, value }) => ({
    name,
    value: isPathOption(name) ? absolutePaths(value, folder) : value,
  })));
}

function isPathOption(name: string): boolean {
  const variable = SERVER_OPTIONS.find((row) => row.name === name)?.variable;
  const kind = FWKNOPD_ROWS.find((row) => row.name === variable)?.kind;
  return kind === "path" || kind === "folder" || ["override-config", "uci"].includes(name);
}

/** One path, or several joined by commas as `--override-config` takes them. */
function absolutePaths(value: string, folder: string): string {
  return value.split(",")
    .map((path) => path === "" || path.startsWith("/") ? path : `${folder}/${path}`)
    .join(",");
}
