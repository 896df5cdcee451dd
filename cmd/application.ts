/**
 * The subcommands, and the way to them.
 *
 * @module
 */
import { parseCommandLine, type ParsedCommandLine } from "../lib/config/getopt.ts";
import { GivenOptions, type OptionRow } from "../lib/config/option.ts";
import { ownOptions } from "../lib/manual/command.ts";
import { type CommandDefinition, runDefinition } from "./command.ts";
import { type Context, ExitCode } from "./context.ts";
import { doctor } from "./doctor.ts";
import { dumpConfig } from "./dump_config.ts";
import { explain } from "./explain.ts";
import { fwFlush } from "./fw_flush.ts";
import { fwList } from "./fw_list.ts";
import { help } from "./help.ts";
import { invite } from "./invite.ts";
import { keygen } from "./keygen.ts";
import { knock } from "./knock.ts";
import type { Mistake } from "./mistake.ts";
import { print } from "./print.ts";
import { reload } from "./reload.ts";
import { serve } from "./serve.ts";
import { stanza } from "./stanza.ts";
import { status } from "./status.ts";
import { stop } from "./stop.ts";
import { uci } from "./uci.ts";
import { version } from "./version.ts";

/** Every subcommand by the name it is called by, in the order of the help text. */
export const COMMANDS = {
  knock,
  keygen,
  stanza,
  serve,
  invite,
  status,
  stop,
  reload,
  "fw-list": fwList,
  "fw-flush": fwFlush,
  "dump-config": dumpConfig,
  explain,
  doctor,
  print,
  uci,
  help,
  version,
} as const;

/** Runs the subcommand named by the first argument; returns the exit status. What explains mistakes is loaded for them. */
export async function runApplication(args: readonly string[], context: Context): Promise<number> {
  const [name = "", ...rest] = args;
  const commands: Readonly<Record<string, CommandDefinition>> = COMMANDS;
  const definition = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (definition === undefined) {
    if (HELP.includes(name)) return await runDefinition(help, NO_OPTIONS, [], context, COMMANDS);
    const { describeUnknownCommand } = await import("./unknown_command.ts");
    context.err(describeUnknownCommand(name, Object.keys(commands), context));
    return ExitCode.usage;
  }
  const rows = ownOptions(definition);
  const line = parseCommandLine(rest, [...rows, HELP_ROW], { stopAt: HELP_ROW.name, exact: true });
  // Whatever else is wrong with the line.
  if (line.options.has(HELP_ROW.name)) {
    return await runDefinition(help, NO_OPTIONS, [name], context, COMMANDS);
  }
  const mistake = findMistake(line, rows, definition.words !== undefined);
  if (mistake !== undefined) {
    const { describeMistake } = await import("./mistake.ts");
    context.err(describeMistake(mistake, name, rows));
    return ExitCode.usage;
  }
  return await runDefinition(definition, line.options, line.words, context, COMMANDS);
}

const HELP: readonly string[] = ["-h", "--help"];
const HELP_ROW: OptionRow = { name: "help", short: "h", brief: "Print this text and exit" };
const NO_OPTIONS = new GivenOptions([]);

/** The first mistake that getopt finds, or one that the C dialect lets pass: there the last value wins. */
function findMistake(
  { complaints, options, words }: ParsedCommandLine,
  rows: readonly OptionRow[],
  takesWords: boolean,
): Mistake | undefined {
  const [complaint] = complaints;
  if (complaint !== undefined) return complaint;
  const row = rows.find(({ name, repeated, counted }) =>
    !repeated && !counted && options.count(name) > 1
  );
  if (row !== undefined) return { kind: "repeated", row, values: options.values(row.name) };
  const [word] = words;
  return word === undefined || takesWords ? undefined : { kind: "stray word", word };
}
