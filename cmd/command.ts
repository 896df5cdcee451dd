/**
 * The shape of a subcommand.
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

/** A subcommand as its file exports it: its options, and what it does. */
export interface Command extends CommandDetails {
  /** Returns the exit status. Throws a `HintedError` for a problem of the host or its files. */
  run(
    options: GivenOptions,
    words: readonly string[],
    context: Context,
  ): number | Promise<number>;
}

/** A subcommand in the table: what the list of commands shows, and how to load the rest. */
export interface CommandRow extends CommandTitle {
  /** Loads the command's file when the command runs or is explained. Other commands do not load it. */
  readonly load: () => Promise<Command>;
}

/** Subcommands by name, in the order of the help text. */
export type CommandTable = Readonly<Record<string, CommandRow>>;

/** The full description of a command, for help, manual and completion. */
export async function describe({ brief, group, load }: CommandRow): Promise<CommandDescription> {
  const { run: _, ...details } = await load();
  return { brief, group, ...details };
}

/** The full description of every command. */
export async function describeAll(table: CommandTable): Promise<Commands> {
  const described: [string, CommandDescription][] = [];
  for (const [name, row] of Object.entries(table)) described.push([name, await describe(row)]);
  return Object.fromEntries(described);
}
