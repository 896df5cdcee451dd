/**
 * What one knock is to be, put together from its levels: built-in < `[default]` < named stanza <
 * command line.
 *
 * Each level is read by itself and says only what it sets; a later level wins, variable by variable. That is
 * what the C client promises and mostly does; the exceptions of `docs/spec/client.md` 4 (a `Y` that nothing undoes,
 * an address that defeats `-R`, keys chosen by kind) are its defects and are not copied.
 *
 * @module
 */
import type { AllowSetting } from "../config/client_values.ts";
import type { DefaultMember, SettingsLevel } from "../config/client_rows.ts";

/** A level that has what is built in. */
export type BuiltInLevel =
  & SettingsLevel
  & { [Member in DefaultMember]: NonNullable<SettingsLevel[Member]> };

/** All levels together. `resolve` and `allow` exclude each other. */
export type Settings = Readonly<BuiltInLevel>;

/** Puts the levels together, weakest first. */
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

/** Switching resolving off leaves an address that a weaker level named. */
function keepAllow(
  merged: SettingsLevel,
  allow: AllowSetting | undefined,
  resolve: boolean | undefined,
): void {
  delete merged.resolve;
  if (resolve !== true && allow !== undefined) merged.allow = allow;
}
