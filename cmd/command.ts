/**
 * What a subcommand is: an option table, and code that is loaded when it runs.
 *
 * @module
 */
import type { GivenOptions } from "../lib/config/option.ts";
import type { CommandDescription, Commands } from "../lib/manual/command.ts";
import { type Context, ExitCode, UnreadOutput } from "./context.ts";
import { describeFailure } from "./failure.ts";

/** A subcommand: what it takes and what it does. */
export interface CommandDefinition extends CommandDescription {
  /**
   * Loads the code; called only when the command runs, so that others do not pay for it. What explains commands gets
   * the table of them here: no command imports the table that it is in.
   */
  readonly load: (commands: Commands) => Promise<RunCommand>;
}

/** Runs the command and returns its exit status. Throws a `HintedError` when the environment is at fault. */
export type RunCommand = (
  options: GivenOptions,
  words: readonly string[],
  context: Context,
) => Promise<number>;

/** Loads and runs a command; whatever it throws becomes a line and a hint on standard error. */
export async function runDefinition(
  definition: CommandDefinition,
  options: GivenOptions,
  words: readonly string[],
  context: Context,
  commands: Commands,
): Promise<number> {
  try {
    const run = await definition.load(commands);
    return await run(options, words, context);
  } catch (error) {
    if (error instanceof UnreadOutput) return ExitCode.unread;
    context.err(describeFailure(error));
    return ExitCode.failure;
  }
}
