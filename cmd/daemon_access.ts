/**
 * Finds out which access file a running daemon reads.
 *
 * @module
 */
import { parseCommandLine } from "../lib/config/getopt.ts";
import { GivenOptions } from "../lib/config/option.ts";
import { SERVER_OPTIONS } from "../lib/config/server_options.ts";
import { readServerSettings } from "../lib/config/settings_files.ts";
import { FWKNOPD } from "./c/fwknopd.ts";
import { systemFiles } from "./system_files.ts";

/** Options that hold a path. */
const PATHS: readonly string[] = ["config-file", "override-config", "access-file", "access-folder"];

/**
 * The access file or folder of a daemon, if it does not include the written file. `undefined` if it does, or if the
 * system does not report how the daemon was started.
 */
export function readsElsewhere(pid: number, written: string): string | undefined {
  try {
    const { settings } = readServerSettings(daemonOptions(pid), systemFiles).resolved ?? {};
    if (settings === undefined) return undefined;
    const { ACCESS_FILE, ACCESS_FOLDER } = settings;
    const place = Deno.realPathSync(ACCESS_FOLDER ?? ACCESS_FILE);
    const file = Deno.realPathSync(written);
    const isRead = ACCESS_FOLDER === undefined ? file === place : file.startsWith(`${place}/`);
    return isRead ? undefined : place;
  } catch {
    // Another system than Linux, or files that this user may not read.
    return undefined;
  }
}

/** The options of the daemon. Relative paths are resolved in its working directory. */
function daemonOptions(pid: number): GivenOptions {
  const words = Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0").slice(0, -1);
  const name = words.findIndex((word) => word === "serve" || word.split("/").at(-1) === FWKNOPD);
  const folder = Deno.readLinkSync(`/proc/${pid}/cwd`);
  const { options } = parseCommandLine(words.slice(Math.max(name, 0) + 1), SERVER_OPTIONS);
  return new GivenOptions(options.entries.map((given) => {
    const isRelative = PATHS.includes(given.name) && !given.value.startsWith("/");
    return isRelative ? { ...given, value: `${folder}/${given.value}` } : given;
  }));
}
