/**
 * Makes relative paths of a command line absolute before the working directory changes.
 *
 * @module
 */
import { FWKNOPD_ROWS } from "./fwknopd_variables.ts";
import { GivenOptions } from "./option.ts";
import { SERVER_OPTIONS } from "./server_options.ts";

/**
 * Returns the same options with every path absolute (`docs/spec/server.md` 16, row 13: the C daemon loses relative
 * paths at a reload).
 *
 * @param folder absolute; the paths are relative to it.
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

/** Makes one path absolute, or several that are joined by commas, as `--override-config` takes them. */
function absolutePaths(value: string, folder: string): string {
  return value.split(",")
    .map((path) => path === "" || path.startsWith("/") ? path : `${folder}/${path}`)
    .join(",");
}
