/**
 * Limits of commands, for tests.
 *
 * @module
 */
import type { CommandLimits } from "../../lib/command/execute_command.ts";

/** A generous limit. */
export const COMMAND_LIMITS: CommandLimits = { seconds: 20 };
