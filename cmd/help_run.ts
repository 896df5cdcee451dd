/**
 * What `fwknop help` and `--help` do.
 *
 * @module
 */
import { commandHelp, programHelp } from "../lib/manual/help.ts";
import type { Commands } from "../lib/manual/command.ts";
import type { RunCommand } from "./command.ts";
import { ExitCode } from "./context.ts";
import { describeUnknownCommand } from "./unknown_command.ts";

/** Prints the help of the command named by the word, or of the program. */
export const helpOn = (commands: Commands): RunCommand => (_options, [name, ...more], context) => {
  if (name === undefined) {
    context.out(programHelp(commands));
    return Promise.resolve(ExitCode.ok);
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    context.err(describeUnknownCommand(name, Object.keys(commands), context));
    return Promise.resolve(ExitCode.usage);
  }
  if (more.length > 0) {
    context.err("fwknop: help takes one command\n  try fwknop help\n");
    return Promise.resolve(ExitCode.usage);
  }
  context.out(commandHelp(name, command));
  return Promise.resolve(ExitCode.ok);
};
