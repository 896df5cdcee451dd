/**
 * Plans for tests: the built-in settings and those of a test.
 *
 * @module
 */
import { builtInLevel } from "../../lib/client/level.ts";
import { type KnockPlan, planKnock } from "../../lib/client/plan.ts";
import type { SettingsLevel } from "../../lib/config/client_rows.ts";

/** The plan of a knock with only these settings. */
export function knockPlan(level: Readonly<SettingsLevel> = {}): KnockPlan {
  return planKnock({ ...builtInLevel(), ...level });
}
