/**
 * `fwknop help` and `--help`.
 *
 * @module
 */
import { commandHelp, programHelp } from "../lib/manual/help.ts";
import { type Command, type CommandTable, describe } from "./command.ts";
import { ExitCode } from "./context.ts";
import { describeUnknownCommand } from "./unknown_command.ts";

/** Explains the program or one of its commands. */
export const helpOn = (table: CommandTable): Command => ({
  options: [],
  words: { placeholder: "COMMAND", brief: "The command to explain" },
  async run(_options, [name, ...more], context) {
    if (name === undefined) {
      context.out(programHelp(table));
      return ExitCode.ok;
    }
    const row = Object.hasOwn(table, name) ? table[name] : undefined;
    if (row === undefined) {
      context.err(describeUnknownCommand(name, Object.keys(table), context));
      return ExitCode.usage;
    }
    if (more.length > 0) {
      context.err("fwknop: help takes one command\n  try fwknop help\n");
      return ExitCode.usage;
    }
    context.out(commandHelp(name, await describe(row)));
    return ExitCode.ok;
  },
});
