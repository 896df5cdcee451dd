/**
 * Describes a subcommand for help, manual and completion.
 *
 * @module
 */
import { OPTION_GROUPS, type OptionGroup, type OptionRow } from "../config/option.ts";

/** Headings of the list of commands, in their order. */
export const COMMAND_GROUPS = [
  "Client",
  "Server",
  "When it does not work",
  "This program",
] as const;

/** A subcommand in the list of commands. */
export interface CommandTitle {
  /** One line. */
  readonly brief: string;
  /** Heading in the list of commands. */
  readonly group: typeof COMMAND_GROUPS[number];
}

/** Details for the help of the command itself. */
export interface CommandDetails {
  /** Longer text for the command's own help and the manual, as `text.ts` reads it. */
  readonly description?: string;
  readonly options: readonly OptionRow[];
  /** Positional words. Absent: the command takes none. */
  readonly words?: CommandWords;
}

/** A subcommand, described in full. */
export type CommandDescription = CommandTitle & CommandDetails;

/** Positional words of a command. */
export interface CommandWords {
  /** Their placeholder in the usage line. */
  readonly placeholder: string;
  readonly brief: string;
  /** Every allowed phrase, if there is a list: `unit`, `man fwknop`, `show STANZA`. */
  readonly phrases?: readonly string[];
}

/** Commands by name, in the order of the help text. */
export type Commands = Readonly<Record<string, CommandDescription>>;

/** Rows of the subcommand itself, without those that only the C tool's command line has. */
export function ownOptions({ options }: Pick<CommandDetails, "options">): OptionRow[] {
  return options.filter(({ only }) => only !== "c");
}

/** Rows by heading. Rows without a heading come first. */
export function groupOptions(
  rows: readonly OptionRow[],
): { readonly title?: OptionGroup; readonly rows: readonly OptionRow[] }[] {
  return [undefined, ...OPTION_GROUPS].flatMap((title) => {
    const members = rows.filter(({ group }) => group === title);
    if (members.length === 0) return [];
    return [title === undefined ? { rows: members } : { title, rows: members }];
  });
}
