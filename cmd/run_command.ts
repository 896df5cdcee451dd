/**
 * Runs the subcommands.
 *
 * @module
 */
import { parseCommandLine, type ParsedCommandLine } from "../lib/config/getopt.ts";
import { GivenOptions, type OptionRow } from "../lib/config/option.ts";
import { ownOptions } from "../lib/manual/command.ts";
import type { Command } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { type Context, ExitCode, UnreadOutput } from "./context.ts";
import { describeFailure } from "./failure.ts";
import type { Mistake } from "./mistake.ts";

/** Whether a word is the name of a subcommand. */
export function isCommand(word: string): boolean {
  return Object.hasOwn(COMMANDS, word);
}

/**
 * Runs the subcommand that the first argument names; returns the exit status. The code that explains mistakes is loaded
 * only for a mistake. An exception of the command becomes a line and a hint on standard error.
 */
export async function runCommand(args: readonly string[], context: Context): Promise<number> {
  try {
    return await runLine(args, context);
  } catch (error) {
    if (error instanceof UnreadOutput) return ExitCode.unread;
    context.err(describeFailure(error));
    return ExitCode.failure;
  }
}

async function runLine([name = "", ...rest]: readonly string[], context: Context): Promise<number> {
  const command = isCommand(name) ? await COMMANDS[name]?.load() : undefined;
  if (command === undefined) {
    if (HELP.includes(name)) return await printHelp([], context);
    const { describeUnknownCommand } = await import("./unknown_command.ts");
    context.err(describeUnknownCommand(name, Object.keys(COMMANDS), context));
    return ExitCode.usage;
  }
  const rows = ownOptions(command);
  const line = parseCommandLine(rest, [...rows, HELP_ROW], { stopAt: HELP_ROW.name, exact: true });
  // Also when the rest of the line has a mistake.
  if (line.options.has(HELP_ROW.name)) return await printHelp([name], context);
  const mistake = findMistake(line, rows, command);
  if (mistake !== undefined) {
    const { describeMistake } = await import("./mistake.ts");
    context.err(describeMistake(mistake, name, rows));
    return ExitCode.usage;
  }
  return await command.run(line.options, line.words, context);
}

const HELP: readonly string[] = ["-h", "--help"];
const HELP_ROW: OptionRow = { name: "help", short: "h", brief: "Print this text and exit" };

async function printHelp(words: readonly string[], context: Context): Promise<number> {
  const { helpOn } = await import("./help.ts");
  return await helpOn(COMMANDS).run(new GivenOptions([]), words, context);
}

/** The first mistake that getopt finds, or a repeated option. In the C dialect a repeated option is allowed. */
function findMistake(
  { complaints, options, words: [word] }: ParsedCommandLine,
  rows: readonly OptionRow[],
  { words }: Command,
): Mistake | undefined {
  const [complaint] = complaints;
  if (complaint !== undefined) return complaint;
  const row = rows.find(({ name, repeated, counted }) =>
    !repeated && !counted && options.count(name) > 1
  );
  if (row !== undefined) return { kind: "repeated", row, values: options.values(row.name) };
  return word === undefined || words !== undefined ? undefined : { kind: "stray word", word };
}
