/**
 * What `fwknop help` and `--help` do.
 *
 * @module
 */
import { nearestWord } from "../lib/config/did_you_mean.ts";
import { commandHelp, programHelp } from "../lib/manual/help.ts";
import type { Commands } from "../lib/manual/command.ts";
import type { RunCommand } from "./command.ts";
import { ExitCode } from "./context.ts";

/** Prints the help of the command named by the word, or of the program. */
export const helpOn = (commands: Commands): RunCommand => (_options, [name, ...more], context) => {
  if (name === undefined) {
    context.out(programHelp(commands));
    return Promise.resolve(ExitCode.ok);
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined || more.length > 0) {
    const wrong = command === undefined
      ? `there is no command '${name}'`
      : "help takes one command";
    const nearest = nearestWord(name, Object.keys(commands));
    const hint = command === undefined && nearest !== undefined
      ? `did you mean ${nearest}?`
      : "try fwknop help";
    context.err(`fwknop: ${wrong}\n  ${hint}\n`);
    return Promise.resolve(ExitCode.usage);
  }
  context.out(commandHelp(name, command));
  return Promise.resolve(ExitCode.ok);
};
