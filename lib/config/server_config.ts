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
import type { Diagnostic } from "./diagnostic.ts";
import { exposedFile } from "./exposed_file.ts";
import { type FwknopdConf, parseFwknopdConf } from "./fwknopd_conf.ts";
import { FWKNOPD_ROWS, type ServerSettings } from "./fwknopd_variables.ts";
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
  if (resolved === undefined) {
    return { diagnostics: [...diagnostics, ...stanzaErrors(options, system)] };
  }
  const access = readStanzas(resolved.settings, files);
  const all = [...diagnostics, ...access.diagnostics];
  if (all.some(({ severity }) => severity === "error")) return { diagnostics: all };
  return { config: { ...resolved, stanzas: access.entries }, diagnostics: all };
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

/** Reads `fwknopd.conf` and its override files only. */
export function readServerSettings(options: GivenOptions, files: ConfigFiles): SettingsOutcome {
  return readSettings(configSource(options, files));
}

/**
 * The same for commands that are needed when something is wrong: a value that cannot be used is a warning, and the one
 * that stands before it counts, or else the default. A main file that is not there is an error for them too: it may be
 * another one than was meant. So is a file or a program that somebody else can change.
 */
export function readBrokenSettings(options: GivenOptions, files: ConfigFiles): SettingsOutcome {
  const source = configSource(options, files, true);
  const { resolved, diagnostics } = readSettings(source, true);
  const main = source.options.value("config-file") ?? DEFAULT_CONFIG_FILE;
  const isFatal = diagnostics.some(({ code, path }) =>
    code === "exposed" ||
    ((code === "missing" || code === "not-read") &&
      (path === main || path === options.value("uci")))
  );
  if (resolved === undefined || isFatal) return { diagnostics };
  return {
    resolved,
    diagnostics: diagnostics.map((found) =>
      found.severity === "error" ? { ...found, severity: "warning" } : found
    ),
  };
}

function readSettings(
  { options, files, diagnostics: before }: ConfigSource,
  isBroken = false,
): SettingsOutcome {
  const isError = ({ severity }: Diagnostic): boolean => severity === "error";
  if (!isBroken && before.some(isError)) return { diagnostics: before };
  const read: FwknopdConf[] = [];
  const readInto = (path: string): FwknopdConf => {
    const { text, diagnostics: found, exposure } = files.read(path, "Config");
    const isOverride = read.length > 0;
    const diagnostics = found.map((one) =>
      isOverride && one.code === "missing" ? { ...one, hint: OVERRIDE_HINT } : one
    );
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
  const { resolved, diagnostics } = resolveServerSettings(
    read,
    options,
    SERVER_OPTIONS,
    isBroken,
  );
  const programs = resolved === undefined ? [] : exposedPrograms(resolved, files);
  const all = [...before, ...diagnostics, ...programs];
  return resolved === undefined || programs.length > 0 || (!isBroken && all.some(isError))
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

const OVERRIDE_HINT = "OVERRIDE_CONFIG or -O names it: correct the path or remove it";

const EMPTY: FwknopdConf = { entries: [], diagnostics: [] };

/** The file that is read where none is named. */
export const DEFAULT_CONFIG_FILE =
  FWKNOPD_ROWS.find(({ name }) => name === "CONFIG_FILE")?.default ?? "";
