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

/** A configuration without errors. */
export interface ServerConfig extends ResolvedSettings {
  readonly stanzas: readonly StanzaEntry[];
}

/** The result of reading. */
export interface ConfigOutcome {
  /** Absent if a diagnostic is an error. */
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
 * Reads what is usable of a configuration with errors. A value that cannot be read becomes its default. If the main
 * file is missing or can be changed by others, every setting has its default. Stanzas with errors are left out.
 */
export function readUsableConfig(options: GivenOptions, system: ConfigFiles): ServerConfig {
  const source = configSource(options, system, true);
  const resolved = readBrokenSettings(options, system).resolved ?? defaultSettings(source);
  return { ...resolved, stanzas: readStanzas(resolved.settings, source.files).entries };
}

/** The settings of an empty main file. */
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

/** Errors of the stanzas that do not depend on the settings, so that one run reports all errors. */
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
