/**
 * Adds one stanza to a server's configuration and checks the result before it is written.
 *
 * @module
 */
import type { ConfigFiles } from "./config_files.ts";
import type { Diagnostic } from "../errors/diagnostic.ts";
import { invitationMark } from "./invitation_mark.ts";
import type { GivenOptions } from "./option.ts";
import { sampleFwknopdConf } from "./sample_conf.ts";
import { readServerConfig } from "./server_config.ts";
import { DEFAULT_CONFIG_FILE, readServerSettings } from "./settings_files.ts";
import type { ServerSettings } from "./fwknopd_variables.ts";

/** A file to write so that the configuration has the stanza. */
export interface AccessAddition {
  readonly path: string;
  readonly text: string;
  readonly settings: ServerSettings;
  /** Line of the file, from 1, at which the same name was invited before. */
  readonly earlier?: number;
  /** On a new host: the `fwknopd.conf` to write before it. */
  readonly config?: { readonly path: string; readonly text: string };
}

/** The file to write, or the reasons why the server would not start with it. */
export type AdditionOutcome =
  | { readonly addition: AccessAddition }
  /** The errors of the new stanza, or of an older line. */
  | { readonly errors: readonly Diagnostic[] };

/**
 * Appends a stanza to the access file, or puts it into a file of its own if the server reads a folder. Then reads the
 * whole configuration as the server would. Writes nothing. On a new host both files are new.
 *
 * @param stanza its lines, preceded by an empty one.
 * @param name of the file in a folder, without `.conf`.
 * @param options of the server: they name its files.
 */
export function addStanza(
  stanza: string,
  name: string,
  options: GivenOptions,
  files: ConfigFiles,
): AdditionOutcome {
  const { resolved, diagnostics } = readServerSettings(options, files);
  const [error, another] = errorsOf(diagnostics);
  if (resolved === undefined) {
    const isFresh = error?.code === "missing" && another === undefined &&
      error.path === (options.value("config-file") ?? DEFAULT_CONFIG_FILE);
    if (!isFresh) return { errors: errorsOf(diagnostics) };
    const config = { path: error.path, text: sampleFwknopdConf() };
    const outcome = addStanza(stanza, name, options, withFile(files, config.path, config.text));
    return "errors" in outcome ? outcome : { addition: { ...outcome.addition, config } };
  }
  const { settings } = resolved;
  const folder = settings.ACCESS_FOLDER;
  const path = folder === undefined
    ? settings.ACCESS_FILE
    : `${folder.replace(/\/$/, "")}/${name}.conf`;
  const present = folder === undefined || files.list(folder)?.includes(`${name}.conf`)
    ? files.read(path, "Access")
    : { text: "", diagnostics: [] };
  const missing = present.diagnostics.some(({ code }) => code === "missing");
  const old = missing ? "" : present.text;
  if (old === undefined) return { errors: errorsOf(present.diagnostics) };
  const at = old.split("\n").findIndex((line) => line.startsWith(invitationMark(name)));
  const before = old === "" || old.endsWith("\n") ? old : `${old}\n`;
  const text = before === "" ? stanza.slice(1) : before + stanza;
  const outcome = readServerConfig(options, withFile(files, path, text));
  return outcome.config === undefined
    ? { errors: errorsOf(outcome.diagnostics) }
    : { addition: { path, text, settings, ...(at < 0 ? {} : { earlier: at + 1 }) } };
}

function errorsOf(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.filter(({ severity }) => severity === "error");
}

/** Returns the same files and one that is not written yet. */
export function withFile(files: ConfigFiles, path: string, text: string): ConfigFiles {
  const slash = path.lastIndexOf("/");
  const [folder, name] = [path.slice(0, slash), path.slice(slash + 1)];
  return {
    read: (other, role) => other === path ? { text, diagnostics: [] } : files.read(other, role),
    list: (other) => {
      const names = files.list(other);
      return other.replace(/\/$/, "") === folder ? [...new Set([...names ?? [], name])] : names;
    },
    isFolder: (other) => files.isFolder(other),
    exists: (other) => other === path || files.exists(other),
    exposure: (other) => files.exposure(other),
    user: (other) => files.user(other),
    group: (other) => files.group(other),
  };
}
