/**
 * The whole configuration of a server: settings and stanzas.
 *
 * @module
 */
import {
  type AccessConf,
  readAccessFile,
  readAccessFolder,
  type StanzaEntry,
} from "./access_conf.ts";
import type { ConfigFiles } from "./config_files.ts";
import type { Diagnostic } from "../errors/diagnostic.ts";
import type { ServerSettings } from "./fwknopd_variables.ts";
import { GivenOptions } from "./option.ts";
import type { ResolvedSettings } from "./server_settings.ts";
import type { Stanza } from "./stanza.ts";
import { readBrokenSettings, readSettings } from "./settings_files.ts";
import { type ConfigSource, configSource } from "./uci_source.ts";

/** Settings and stanzas that a server can run with. */
export interface LoadedServerConfig extends ResolvedSettings {
  /** At least one, in the order read. */
  readonly stanzas: readonly Stanza[];
}

/** A configuration that holds together. */
export interface ServerConfig extends ResolvedSettings {
  readonly stanzas: readonly StanzaEntry[];
}

/** What was read. */
export interface ConfigOutcome {
  /** Absent where a diagnostic is an error. */
  readonly config?: ServerConfig;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads `fwknopd.conf`, its override files and the stanzas (`docs/spec/server.md` 2, steps 3 to 9). */
export function readServerConfig(options: GivenOptions, system: ConfigFiles): ConfigOutcome {
  const source = configSource(options, system);
  const { files } = source;
  const { resolved, diagnostics } = readSettings(source);
  if (resolved === undefined) {
    return { diagnostics: [...diagnostics, ...stanzaErrors(options, system)] };
  }
  const access = readStanzas(resolved.settings, files);
  const all = [...diagnostics, ...access.diagnostics];
  if (all.some(({ severity }) => severity === "error")) return { diagnostics: all };
  return { config: { ...resolved, stanzas: access.entries }, diagnostics: all };
}

/**
 * What can be used of a configuration with errors: values that cannot be read are their defaults, and so is everything
 * where the main file is not there or can be changed by others; stanzas with errors are left out.
 */
export function readUsableConfig(options: GivenOptions, system: ConfigFiles): ServerConfig {
  const source = configSource(options, system, true);
  const resolved = readBrokenSettings(options, system).resolved ?? defaultSettings(source);
  return { ...resolved, stanzas: readStanzas(resolved.settings, source.files).entries };
}

/** As of a main file that says nothing. */
function defaultSettings({ files }: ConfigSource): ResolvedSettings {
  const silent = { ...files, read: () => ({ text: "", diagnostics: [] }) };
  const { resolved } = readSettings({
    options: new GivenOptions([]),
    files: silent,
    diagnostics: [],
  }, true);
  if (resolved === undefined) throw new TypeError("The defaults contradict each other");
  return resolved;
}

function readStanzas(settings: ServerSettings, files: ConfigFiles): AccessConf {
  const context = { settings, files };
  return settings.ACCESS_FOLDER === undefined
    ? readAccessFile(settings.ACCESS_FILE, context)
    : readAccessFolder(settings.ACCESS_FOLDER, context);
}

/** What is wrong with the stanzas whatever the settings are, so that all errors are told at once. */
function stanzaErrors(options: GivenOptions, system: ConfigFiles): Diagnostic[] {
  const { resolved } = readBrokenSettings(options, system);
  if (resolved === undefined) return [];
  const { files } = configSource(options, system, true);
  const possible = {
    ENABLE_IPT_FORWARDING: true,
    ENABLE_IPT_LOCAL_NAT: true,
    ENABLE_IPT_SNAT: true,
  };
  const { diagnostics } = readStanzas({ ...resolved.settings, ...possible }, files);
  return diagnostics.filter(({ severity }) => severity === "error");
}
