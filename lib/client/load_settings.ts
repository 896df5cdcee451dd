/**
 * Loads all levels of the settings: the rc file's stanzas and the command line.
 *
 * @module
 */
import type { Diagnostic } from "../errors/diagnostic.ts";
import { DEFAULT_STANZA, readStanza } from "../config/fwknoprc.ts";
import type { SettingsLevel } from "../config/client_rows.ts";
import type { GivenOptions } from "../config/option.ts";
import type { Dialect } from "../dialect.ts";
import { checkStanza } from "./missing_stanza.ts";
import { Problem } from "./problem.ts";
import type { RcFile } from "./rc_file.ts";
import { builtInLevel, levelFromOptions, levelFromRc } from "./level.ts";
import { mergeLevels, type Settings } from "./settings.ts";

/** Settings, and the warnings about them. */
export interface LoadedSettings {
  readonly settings: Settings;
  /** What the command line alone sets. `--save-rc-stanza` writes this. */
  readonly fromOptions: SettingsLevel;
  readonly warnings: readonly Diagnostic[];
}

/** What to load. */
export interface SettingsSources {
  /** `undefined`: there is no rc file, or the user does not want it. */
  readonly rcFile: RcFile | undefined;
  /** For messages: the path of the file, also when it does not exist. */
  readonly rcPath: string;
  /** `-n`. This stanza overrides `[default]`. */
  readonly stanza: string | undefined;
  /** The stanza will be written, so it is not read. */
  readonly saves: boolean;
  readonly options: GivenOptions;
  readonly dialect: Dialect;
}

/** A file with errors. Nothing of it is used. */
export interface RcErrors {
  readonly errors: readonly Diagnostic[];
}

/** Reads the levels, weakest first, and merges them. */
export function loadSettings(sources: SettingsSources): LoadedSettings | RcErrors | Problem {
  const { rcFile, stanza, saves, dialect } = sources;
  const levels: SettingsLevel[] = [];
  const diagnostics: Diagnostic[] = [];
  if (rcFile !== undefined) {
    const names = stanza === undefined || saves ? [DEFAULT_STANZA] : [DEFAULT_STANZA, stanza];
    for (const name of names) {
      // In the C dialect a cut key is a warning: the server was set up with the part that the C client reads.
      const read = readStanza(rcFile.rc, name, dialect === "c" ? "warning" : "error");
      const { level, diagnostics: found } = levelFromRc(read.entries, dialect, rcFile.encode);
      levels.push(level);
      diagnostics.push(...[...read.diagnostics, ...found].sort(byLine));
    }
  }
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) return { errors };

  const fromOptions = levelFromOptions(sources.options, dialect);
  if (fromOptions instanceof Problem) return fromOptions;
  if (stanza !== undefined && !saves) {
    const missing = checkStanza(stanza, sources.rcFile?.rc, sources.rcPath);
    if (missing !== undefined) return missing;
  }
  return {
    settings: mergeLevels(builtInLevel(), [...levels, fromOptions]),
    fromOptions,
    warnings: diagnostics,
  };
}

function byLine(a: Diagnostic, b: Diagnostic): number {
  return (a.position?.line ?? 0) - (b.position?.line ?? 0);
}
