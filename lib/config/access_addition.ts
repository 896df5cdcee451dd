/**
 * One stanza more in the configuration of a server, tried before it is written.
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

/** A file as it has to be written for the stanza to be there. */
export interface AccessAddition {
  readonly path: string;
  readonly text: string;
  readonly settings: ServerSettings;
  /** Line of the file at which the same name was invited before, from 1. */
  readonly earlier?: number;
  /** On a fresh host: the `fwknopd.conf` to write before it. */
  readonly config?: { readonly path: string; readonly text: string };
}

/** Where a stanza can go, and what stands there. */
export type AdditionOutcome =
  | { readonly addition: AccessAddition }
  /** The server would not start: the errors say why, whether the new stanza or an older line is at fault. */
  | { readonly errors: readonly Diagnostic[] };

/**
 * Puts a stanza at the end of the access file, or into a file of its own where the server reads a folder, and reads the
 * whole configuration as the server would then. Writes nothing. On a fresh host both files are new.
 *
 * @param options of the server: they name its files.
 * @param stanza its lines, with an empty one before them.
 * @param name of the file in a folder, without `.conf`.
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

/** The same files with one that is not written yet. */
function withFile(files: ConfigFiles, path: string, text: string): ConfigFiles {
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
