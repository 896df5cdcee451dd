/**
 * Merges the levels of a knock's settings: built-in < `[default]` < named stanza < command line.
 *
 * Each level is read separately and holds only what it sets. A later level wins, variable by variable. The C client
 * documents the same and mostly does it. Its exceptions in `docs/spec/client.md` 4 (a `Y` that nothing undoes, an
 * address that defeats `-R`, keys chosen by kind) are defects and are not copied.
 *
 * @module
 */
import type { AllowSetting } from "../config/client_values.ts";
import type { DefaultMember, SettingsLevel } from "../config/client_rows.ts";

/** A level that has all defaults. */
export type BuiltInLevel =
  & SettingsLevel
  & { [Member in DefaultMember]: NonNullable<SettingsLevel[Member]> };

/** All levels, merged. `resolve` and `allow` exclude each other. */
export type Settings = Readonly<BuiltInLevel>;

/** Merges the levels, weakest first. */
export function mergeLevels(
  builtIn: Settings,
  levels: readonly Readonly<SettingsLevel>[],
): Settings {
  const merged: BuiltInLevel = { ...builtIn };
  for (const level of levels) {
    const { allow, resolve } = merged;
    Object.assign(merged, level);
    if (level.allow !== undefined) delete merged.resolve;
    else if (level.resolve === true) delete merged.allow;
    else if (level.resolve === false) keepAllow(merged, allow, resolve);
    // --stdin on the command line beats a key in a file, and a key on the command line beats --stdin.
    if (level.keyDescriptor !== undefined && level.key === undefined) {
      merged.key = { kind: "descriptor", descriptor: level.keyDescriptor };
    } else if (level.keyCommand !== undefined && level.key === undefined) {
      merged.key = { kind: "command", command: level.keyCommand };
    }
  }
  return merged;
}

/** A level that switches resolving off keeps the address of a weaker level. */
function keepAllow(
  merged: SettingsLevel,
  allow: AllowSetting | undefined,
  resolve: boolean | undefined,
): void {
  delete merged.resolve;
  if (resolve !== true && allow !== undefined) merged.allow = allow;
}
