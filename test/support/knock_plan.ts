/**
 * Plans for tests: what is built in, and what a test sets.
 *
 * @module
 */
import { builtInLevel } from "../../lib/client/level.ts";
import { type KnockPlan, planKnock } from "../../lib/client/plan.ts";
import type { SettingsLevel } from "../../lib/config/client_rows.ts";

/** The plan of a knock that sets only this. */
export function knockPlan(level: Readonly<SettingsLevel> = {}): KnockPlan {
  return planKnock({ ...builtInLevel(), ...level });
}
