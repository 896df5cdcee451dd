/**
 * Reads the settings of a client run and prints the warnings about them.
 *
 * @module
 */
import { loadSettings } from "../lib/client/load_settings.ts";
import type { Dialect } from "../lib/dialect.ts";
import { Problem } from "../lib/client/problem.ts";
import type { Settings } from "../lib/client/settings.ts";
import type { SettingsLevel } from "../lib/config/client_rows.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import { type ClientRc, openClientRc } from "./client_rc.ts";
import type { Context } from "./context.ts";
import { describeDiagnostic } from "./problem_text.ts";

/** Settings, and where they come from. */
export interface ClientSettings {
  readonly settings: Settings;
  /** What the command line alone sets. */
  readonly fromOptions: SettingsLevel;
  readonly rc: ClientRc;
}

/** Reads the rc file and the options. If the file has several errors, prints all but the last, which it returns. */
export function readClientSettings(
  options: GivenOptions,
  context: Context,
  dialect: Dialect,
): ClientSettings | Problem {
  const rc = openClientRc(options, context, dialect);
  if (rc instanceof Problem) return rc;
  const loaded = loadSettings({
    ...rc,
    stanza: options.value("named-config"),
    saves: options.has("save-rc-stanza"),
    options,
    dialect,
  });
  if (loaded instanceof Problem) return loaded;
  if ("errors" in loaded) {
    const last = loaded.errors.at(-1);
    for (const error of loaded.errors.slice(0, -1)) context.err(describeDiagnostic(error, dialect));
    return new Problem(last?.text ?? "", {
      ...(last?.position === undefined ? {} : { position: last.position }),
      ...(last?.hint === undefined ? {} : { hint: last.hint }),
    });
  }
  for (const warning of loaded.warnings) context.err(describeDiagnostic(warning, dialect));
  return { settings: loaded.settings, fromOptions: loaded.fromOptions, rc };
}
