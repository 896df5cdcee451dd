/**
 * The whole configuration of a server: settings and stanzas.
 *
 * @module
 */
import { readAccessFile, readAccessFolder, type StanzaEntry } from "./access_conf.ts";
import type { ConfigFiles } from "./config_files.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { exposedFile } from "./exposed_file.ts";
import { type FwknopdConf, parseFwknopdConf } from "./fwknopd_conf.ts";
import { FWKNOPD_ROWS } from "./fwknopd_variables.ts";
import type { GivenOptions } from "./option.ts";
import { SERVER_OPTIONS } from "./server_options.ts";
import {
  type ResolvedSettings,
  resolveServerSettings,
  type SettingsOutcome,
} from "./server_settings.ts";
import { type ConfigSource, configSource } from "./uci_source.ts";

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
  if (resolved === undefined) return { diagnostics };
  const { settings } = resolved;
  const context = { settings, files };
  const access = settings.ACCESS_FOLDER === undefined
    ? readAccessFile(settings.ACCESS_FILE, context)
    : readAccessFolder(settings.ACCESS_FOLDER, context);
  const all = [...diagnostics, ...access.diagnostics];
  if (all.some(({ severity }) => severity === "error")) return { diagnostics: all };
  return { config: { ...resolved, stanzas: access.entries }, diagnostics: all };
}

/** Reads `fwknopd.conf` and its override files only. */
export function readServerSettings(options: GivenOptions, files: ConfigFiles): SettingsOutcome {
  return readSettings(configSource(options, files));
}

function readSettings({ options, files, diagnostics: before }: ConfigSource): SettingsOutcome {
  if (before.some(({ severity }) => severity === "error")) return { diagnostics: before };
  const read: FwknopdConf[] = [];
  const readInto = (path: string): FwknopdConf => {
    const { text, diagnostics, exposure } = files.read(path, "Config");
    const parsed = text === undefined ? EMPTY : parseFwknopdConf(text, path);
    const exposed = exposure === undefined ? [] : [exposedFile("Config file", path, exposure)];
    const conf = { ...parsed, diagnostics: [...diagnostics, ...exposed, ...parsed.diagnostics] };
    read.push(conf);
    return conf;
  };
  const main = readInto(options.value("config-file") ?? DEFAULT_CONFIG_FILE);
  const named = main.entries.findLast(({ name }) => name === "OVERRIDE_CONFIG")?.value;
  const overrides = options.value("override-config") ?? named;
  // The C daemon takes blanks after a comma for a part of the name; no file is called that.
  for (const path of overrides?.split(",") ?? []) readInto(path.trim());
  const { resolved, diagnostics } = resolveServerSettings(read, options, SERVER_OPTIONS);
  const programs = resolved === undefined ? [] : exposedPrograms(resolved, files);
  const all = [...before, ...diagnostics, ...programs];
  return resolved === undefined || programs.length > 0
    ? { diagnostics: all }
    : { resolved, diagnostics: all };
}

/** Settings that name a program, when they are written somewhere; the defaults are the system's own. */
const PROGRAMS = ["FIREWALL_EXE", "GPG_EXE", "SUDO_EXE"] as const;

function exposedPrograms({ settings, given }: ResolvedSettings, files: ConfigFiles): Diagnostic[] {
  return PROGRAMS.filter((name) => given.has(name)).flatMap((name) => {
    // FIREWALL_EXE may hold arguments.
    const [program = ""] = settings[name].split(" ");
    const exposure = program.startsWith("/") ? files.exposure(program) : undefined;
    return exposure === undefined ? [] : [exposedFile(name, program, exposure)];
  });
}

const EMPTY: FwknopdConf = { entries: [], diagnostics: [] };

const DEFAULT_CONFIG_FILE = FWKNOPD_ROWS.find(({ name }) => name === "CONFIG_FILE")?.default ?? "";
