/**
 * Relative paths in configuration files, once the working directory has changed (`docs/spec/server.md` 16, row 13: the C
 * daemon loses them at a reload).
 *
 * @module
 */
import type { ConfigFiles } from "./config_files.ts";
import { FWKNOPD_ROWS, type ServerSettings } from "./fwknopd_variables.ts";

/** The files as they are found from a folder, whatever the working directory is. */
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

/** The settings with every path written from the root. Programs may be names to look for, and stay. */
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
