/**
 * Settings for tests: what is built in, and what a test sets.
 *
 * @module
 */
import { builtInLevel } from "../../lib/client/level.ts";
import type { Settings } from "../../lib/client/settings.ts";
import type { SettingsLevel } from "../../lib/config/client_level.ts";

/** The settings of a knock that sets only this. */
export function knockSettings(level: Readonly<SettingsLevel> = {}): Settings {
  return { ...builtInLevel(), ...level };
}
