/**
 * The command lines that shells complete. One program has two names, `fwknop` and `fwknopd`.
 *
 * @module
 */
import { CLIENT_OPTIONS } from "../../config/client_options.ts";
import type { OptionRow } from "../../config/option.ts";
import { SERVER_OPTIONS } from "../../config/server_options.ts";
import { type Commands, ownOptions } from "../command.ts";
import { type ValueSource, wordValues } from "./values.ts";

/** A command line to complete. */
export interface CompletedCommand {
  readonly name: string;
  readonly brief: string;
  readonly options: readonly OptionRow[];
  readonly words?: ValueSource;
}

/** The subcommands. */
export function completedCommands(commands: Commands): CompletedCommand[] {
  return Object.entries(commands).map(([name, command]) => {
    const words = wordValues(command);
    return {
      name,
      brief: command.brief,
      options: ownOptions(command),
      ...(words === undefined ? {} : { words }),
    };
  });
}

/** Options of the C client's command line, which has no subcommand. */
export const C_CLIENT_OPTIONS = CLIENT_OPTIONS.filter(({ only }) => only !== "native");

/** Options of the C daemon's command line, under the name fwknopd. */
export const C_DAEMON_OPTIONS = SERVER_OPTIONS.filter(({ only }) => only !== "native");

/** The spellings of an option: `-p`, `--server-port`. */
export function spellings({ short, name, aliases }: OptionRow): string[] {
  return [
    ...(short === undefined ? [] : [`-${short}`]),
    ...[name, ...aliases ?? []].map((long) => `--${long}`),
  ];
}

/** Quotes a word for a POSIX shell. */
export function quote(text: string): string {
  return /^[\w./:=+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
