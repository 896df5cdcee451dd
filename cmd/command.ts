/**
 * What a subcommand is.
 *
 * @module
 */
import type { GivenOptions } from "../lib/config/option.ts";
import type {
  CommandDescription,
  CommandDetails,
  Commands,
  CommandTitle,
} from "../lib/manual/command.ts";
import type { Context } from "./context.ts";

/** A subcommand as its file exports it: what it takes, and what it does. */
export interface Command extends CommandDetails {
  /** Returns the exit status. Throws a `HintedError` when the environment is at fault. */
  run(
    options: GivenOptions,
    words: readonly string[],
    context: Context,
  ): number | Promise<number>;
}

/** A subcommand in the table: what the list of commands shows, and where the rest is. */
export interface CommandRow extends CommandTitle {
  /** Loads the command's file, only when the command runs or is explained: the others do not pay for it. */
  readonly load: () => Promise<Command>;
}

/** Subcommands by the name they are called by, in the order of the help text. */
export type CommandTable = Readonly<Record<string, CommandRow>>;

/** All that help, manual and completion know of a command. */
export async function describe({ brief, group, load }: CommandRow): Promise<CommandDescription> {
  const { run: _, ...details } = await load();
  return { brief, group, ...details };
}

/** The same of every command. */
export async function describeAll(table: CommandTable): Promise<Commands> {
  const described: [string, CommandDescription][] = [];
  for (const [name, row] of Object.entries(table)) described.push([name, await describe(row)]);
  return Object.fromEntries(described);
}
