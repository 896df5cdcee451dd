/**
 * Resolves relative paths in configuration files after the working directory changed (`docs/spec/server.md` 16, row 13:
 * the C daemon loses them at a reload).
 *
 * @module
 */
import type { ConfigFiles } from "./config_files.ts";
import { FWKNOPD_ROWS, type ServerSettings } from "./fwknopd_variables.ts";

/** Returns the files as seen from a folder, independent of the working directory. */
export function filesFrom(folder: string, files: ConfigFiles): ConfigFiles {
  return {
    ...files,
    read: (path, role) => files.read(from(folder, path), role),
    list: (path) => files.list(from(folder, path)),
    isFolder: (path) => files.isFolder(from(folder, path)),
    exists: (path) => files.exists(from(folder, path)),
    exposure: (path) => files.exposure(from(folder, path)),
  };
}

/** Returns the settings with every path absolute. Programs may be names for the search path and stay unchanged. */
export function settingsFrom(folder: string, settings: ServerSettings): ServerSettings {
  const paths = FWKNOPD_ROWS.flatMap(({ name, kind }) => {
    const value = settings[name];
    const isPath = (kind === "path" || kind === "folder") && !name.endsWith("_EXE");
    return isPath && typeof value === "string" ? [[name, from(folder, value)]] : [];
  });
  return { ...settings, ...Object.fromEntries(paths) };
}

function from(folder: string, path: string): string {
  return path === "" || path.startsWith("/") ? path : `${folder}/${path}`;
}
