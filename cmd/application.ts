/**
 * The subcommands, and the way to them.
 *
 * @module
 */
import { parseCommandLine, type ParsedCommandLine } from "../lib/config/getopt.ts";
import { GivenOptions, longNames, type OptionRow } from "../lib/config/option.ts";
import { ownOptions } from "../lib/manual/command.ts";
import { type CommandDefinition, runDefinition } from "./command.ts";
import type { Context } from "./context.ts";
import { doctor } from "./doctor.ts";
import { dumpConfig } from "./dump_config.ts";
import { explain } from "./explain.ts";
import { fwFlush } from "./fw_flush.ts";
import { fwList } from "./fw_list.ts";
import { help } from "./help.ts";
import { invite } from "./invite.ts";
import { keygen } from "./keygen.ts";
import { knock } from "./knock.ts";
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

/**
 * Runs the subcommand named by the first argument; returns the exit status. The router is loaded only for command
 * lines that need explaining: a knock would spend more time on it than on its packet.
 */
export async function runApplication(args: readonly string[], context: Context): Promise<number> {
  const [name = "", ...rest] = args;
  const commands: Readonly<Record<string, CommandDefinition>> = COMMANDS;
  const definition = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (definition !== undefined) {
    if (asksForHelp(definition, rest)) {
      return await runDefinition(help, NO_OPTIONS, [name], context, COMMANDS);
    }
    const line = readPlainLine(definition, rest);
    if (line !== undefined) {
      return await runDefinition(definition, line.options, line.words, context, COMMANDS);
    }
  }
  if (HELP.includes(name)) return await runDefinition(help, NO_OPTIONS, [], context, COMMANDS);
  const { runRouter } = await import("./router.ts");
  return await runRouter(COMMANDS, args, context);
}

const HELP: readonly string[] = ["-h", "--help"];
const HELP_ROW: OptionRow = { name: "help", short: "h", brief: "Print this text and exit" };
const NO_OPTIONS = new GivenOptions([]);

/** Whatever else is wrong with the line; the argument of an option and words after `--` ask for nothing. */
function asksForHelp(definition: CommandDefinition, args: readonly string[]): boolean {
  if (!args.some((word) => word.startsWith("-") && word.includes("h"))) return false;
  const line = parseCommandLine(args, [...ownOptions(definition), HELP_ROW], HELP_ROW.name);
  return line.options.has(HELP_ROW.name);
}

/** A command line that says all it means in full: `undefined` leaves it to the router. */
function readPlainLine(
  definition: CommandDefinition,
  args: readonly string[],
): ParsedCommandLine | undefined {
  const rows = ownOptions(definition);
  const line = parseCommandLine(args, rows);
  const isPlain = line.complaints.length === 0 &&
    (line.words.length === 0 || definition.words !== undefined) &&
    !args.some((word) => isAbbreviation(word, rows)) &&
    !rows.some((row) => isRepeated(row, line));
  return isPlain ? line : undefined;
}

/** getopt takes them, for the sake of old scripts; a new option would change what they mean. */
function isAbbreviation(word: string, rows: readonly OptionRow[]): boolean {
  if (!word.startsWith("--") || word === "--") return false;
  const [typed] = word.slice(2).split("=", 1);
  return typed === undefined || !rows.some((row) => longNames(row).includes(typed));
}

function isRepeated(row: OptionRow, { options }: ParsedCommandLine): boolean {
  return !row.repeated && !row.counted && options.count(row.name) > 1;
}
