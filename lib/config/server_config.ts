/**
 * The whole configuration of a server: settings and stanzas.
 *
 * @module
 */
import { readAccessFile, readAccessFolder, type StanzaEntry } from "./access_conf.ts";
import { parseAccessValue } from "./access_value.ts";
import { ACCESS_ROWS } from "./access_variables.ts";
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
  UNHONOURED_HINT,
  unhonouredSettings,
  unhonouredText,
} from "./server_settings.ts";
import { type ConfigSource, configSource } from "./uci_source.ts";
import { sameValue } from "./variable.ts";

/** A configuration that holds together. */
export interface ServerConfig extends ResolvedSettings {
  readonly stanzas: readonly StanzaEntry[];
}

/** What was read. */
export interface ConfigOutcome {
  /** Absent where a diagnostic is an error. */
  readonly config?: ServerConfig;
  readonly diagnostics: readonly Diagnostic[];
  /**
   * Errors too, but apart: the configuration is understood, it only asks for what this program does not do. Whoever
   * acts on it must stop at them; whoever only shows it need not.
   */
  readonly unhonoured: readonly Diagnostic[];
}

/** Reads `fwknopd.conf`, its override files and the stanzas (`docs/spec/server.md` 2, steps 3 to 9). */
export function readServerConfig(options: GivenOptions, system: ConfigFiles): ConfigOutcome {
  const source = configSource(options, system);
  const { files } = source;
  const { resolved, diagnostics } = readSettings(source);
  if (resolved === undefined) return { diagnostics, unhonoured: [] };
  const { settings, given } = resolved;
  const context = { settings, files };
  const access = settings.ACCESS_FOLDER === undefined
    ? readAccessFile(settings.ACCESS_FILE, context)
    : readAccessFolder(settings.ACCESS_FOLDER, context);
  const all = [...diagnostics, ...access.diagnostics];
  const unhonoured = [
    ...unhonouredSettings(given),
    ...access.entries.flatMap((entry) => unhonouredValues(entry, files)),
  ];
  if (all.some(({ severity }) => severity === "error")) return { diagnostics: all, unhonoured };
  return { config: { ...resolved, stanzas: access.entries }, diagnostics: all, unhonoured };
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

function unhonouredValues({ stanza, written }: StanzaEntry, files: ConfigFiles): Diagnostic[] {
  const context = { files, source: stanza.sourceText, file: stanza.position.file };
  return ACCESS_ROWS.flatMap((row): Diagnostic[] => {
    const given = written.get(row.name);
    if (row.honoured !== false || given?.position === undefined) return [];
    if (row.default !== undefined) {
      const [value, standard] = [given.text, row.default].map((text) =>
        parseAccessValue(row, text, context).value
      );
      if (sameValue(value, standard)) return [];
    }
    const text = `${unhonouredText(row.name)}, stanza source: '${stanza.sourceText}'`;
    return [{ severity: "error", text, position: given.position, hint: UNHONOURED_HINT }];
  });
}
