/**
 * What is said about a command line that a subcommand does not understand: one line, and what to type.
 *
 * @module
 */
import {
  type AliasNotFoundError,
  type ArgumentParseError,
  ArgumentScannerError,
  type FlagNotFoundError,
  formatMessageForArgumentScannerError,
} from "cli";
import { CLIENT_OPTIONS } from "../lib/config/client_options.ts";
import { nearestWord } from "../lib/config/did_you_mean.ts";
import { longNames, type OptionRow } from "../lib/config/option.ts";
import { SERVER_OPTIONS } from "../lib/config/server_options.ts";
import { ownOptions } from "../lib/manual/command.ts";
import { reasonOf } from "../lib/errors/reason.ts";
import type { CommandDefinition } from "./command.ts";

/** Options of the C tools that are subcommands here. */
const COMMANDS_FOR: Readonly<Record<string, string>> = {
  "key-gen": "fwknop keygen for keys, or fwknop invite for both ends with them",
  "key-gen-file": "fwknop keygen --key-gen-file FILE",
  "version": "fwknop version",
  "dump-config": "fwknop dump-config",
  "kill": "fwknop stop",
  "restart": "fwknop reload",
  "status": "fwknop status",
  "fw-list": "fwknop fw-list",
  "fw-flush": "fwknop fw-flush",
};

/** Options of the perl client, under the C command line only. */
const INSTEAD_OF: Readonly<Record<string, string>> = {
  "Forward-access": "use -N HOST --nat-port PORT",
  "NAT-access": "use -N HOST --nat-port PORT",
};

/** Options without a value, and the one beside them that takes it. */
const WITH_VALUE: Readonly<Record<string, string>> = { wait: "wait-time", repeat: "repeat-time" };

/** Spellings that are offered for one that is the beginning of each. */
const MOST_SPELLINGS = 4;

/** The error in our words, with a hint below it. */
export function describeArgumentError(
  error: unknown,
  name: string,
  definition: CommandDefinition | undefined,
): string {
  const rows = definition === undefined ? [] : ownOptions(definition);
  const [text, hint = `try fwknop ${name} --help`] = explain(error, name, rows);
  return `fwknop: ${text}\n  ${hint}`;
}

/** One line, and the hint if there is a better one than the help text. */
type Explained = readonly [text: string, hint?: string];

function explain(error: unknown, name: string, rows: readonly OptionRow[]): Explained {
  if (!(error instanceof ArgumentScannerError)) {
    return [reasonOf(error)];
  }
  let explained: Explained | undefined;
  const text = formatMessageForArgumentScannerError(error, {
    FlagNotFoundError: (it) => (explained = unknownOption(it, name, rows))[0],
    AliasNotFoundError: (it) => (explained = unknownLetter(it, name, rows))[0],
    ArgumentParseError: (it) => (explained = strayValue(it, rows))[0],
    UnsatisfiedFlagError: ({ externalFlagName }) => `--${externalFlagName} needs a value`,
    UnexpectedFlagError: ({ externalFlagName, previousInput, input }) =>
      `--${externalFlagName} is given twice` +
      (rows.some((it) => it.secret && longNames(it).includes(externalFlagName))
        ? ""
        : `: '${previousInput}' and '${input}'`),
    UnexpectedPositionalError: ({ input }) => `'${input}' is one word too many for fwknop ${name}`,
  });
  return explained ?? [text];
}

function unknownOption(
  { input, corrections }: FlagNotFoundError,
  name: string,
  rows: readonly OptionRow[],
): Explained {
  const text = `fwknop ${name} has no option --${input}`;
  const command = COMMANDS_FOR[input];
  if (command !== undefined) return [text, `use ${command}`];
  const other = INSTEAD_OF[input];
  if (other !== undefined) return [text, other];
  const known = rows.flatMap(longNames);
  const nearest = nearestWord(input, known);
  const longer = known.filter((it) => it.startsWith(input));
  const likely = longer.length > 0 ? longer : nearest === undefined ? corrections : [nearest];
  if (likely.length === 0 || likely.length > MOST_SPELLINGS) return [text];
  return [text, `did you mean ${likely.map((it) => `--${it}`).join(" or ")}?`];
}

/** The letters are those of the C tools, where the same one means another thing at either end. */
function unknownLetter(
  { input }: AliasNotFoundError,
  name: string,
  rows: readonly OptionRow[],
): Explained {
  const text = `fwknop ${name} has no option -${input}`;
  const meant = [...SERVER_OPTIONS, ...CLIENT_OPTIONS].filter(({ short }) => short === input);
  const command = meant.map((row) => COMMANDS_FOR[row.name]).find((it) => it !== undefined);
  const own = meant.find((row) => rows.some((it) => it.name === row.name));
  if (own !== undefined) return [text, `write --${own.name}`];
  return command === undefined ? [text] : [text, `use ${command}`];
}

/** The parsers of all options that take a value take any text. */
function strayValue(
  { externalFlagNameOrPlaceholder: option, input }: ArgumentParseError,
  rows: readonly OptionRow[],
): Explained {
  const text = `--${option} takes no value: '${input}'`;
  const other = WITH_VALUE[option];
  return other !== undefined && rows.some((it) => it.name === other)
    ? [text, `use --${other} ${input}`]
    : [text, `write --${option} alone`];
}
