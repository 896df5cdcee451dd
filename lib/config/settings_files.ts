/**
 * Reads the settings of a server from `fwknopd.conf` and its override files, without the stanzas.
 *
 * @module
 */
import type { ConfigFiles } from "./config_files.ts";
import type { Diagnostic } from "../errors/diagnostic.ts";
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

/** Reads `fwknopd.conf` and its override files. */
export function readServerSettings(options: GivenOptions, files: ConfigFiles): SettingsOutcome {
  return readSettings(configSource(options, files));
}

/**
 * The same for commands that must work on a broken configuration. An unusable value is a warning; the value before it
 * counts, or the default. A missing main file is still an error, because the administrator may have meant another file.
 * So is a file or a program that an untrusted user can change.
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

/** Reads the settings from a source. With `isBroken`, unusable values are skipped. */
export function readSettings(
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
  // The C daemon takes blanks after a comma as part of the name; no file has such a name.
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

/** Settings that name a program. They are checked only if they are written; the defaults are programs of the system. */
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

/** The file that is read if no option names one. */
export const DEFAULT_CONFIG_FILE =
  FWKNOPD_ROWS.find(({ name }) => name === "CONFIG_FILE")?.default ?? "";
