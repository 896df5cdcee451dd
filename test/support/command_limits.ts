/**
 * Limits of commands, for tests.
 *
 * @module
 */
import type { CommandLimits } from "../../lib/command/execute_command.ts";

/** A generous limit. */
export const LIMITS: CommandLimits = { seconds: 20 };
