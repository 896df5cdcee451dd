/**
 * Describes a mistake in the command line of a subcommand: one line, and below it what to type.
 *
 * @module
 */
import { CLIENT_OPTIONS } from "../lib/config/client_options.ts";
import { likelyWords } from "../lib/config/did_you_mean.ts";
import type { Complaint } from "../lib/config/getopt.ts";
import { longNames, type OptionRow } from "../lib/config/option.ts";
import { SERVER_OPTIONS } from "../lib/config/server_options.ts";
import { visible } from "../lib/one_line.ts";

/** A mistake in a command line: one that getopt finds, or one that only a subcommand refuses. */
export type Mistake =
  | Complaint
  | { readonly kind: "repeated"; readonly row: OptionRow; readonly values: readonly string[] }
  /** A word that does not belong to an option, of a command that takes no words. */
  | { readonly kind: "stray word"; readonly word: string };

/** Options of the C tools that are subcommands here. */
const COMMANDS_FOR: ReadonlyMap<string, string> = new Map([
  ["key-gen", "fwknop keygen for keys, or fwknop invite for both ends with them"],
  ["key-gen-file", "fwknop keygen --key-gen-file FILE"],
  ["version", "fwknop version"],
  ["dump-config", "fwknop dump-config"],
  ["kill", "fwknop stop"],
  ["restart", "fwknop reload"],
  ["status", "fwknop status"],
  ["fw-list", "fwknop fw-list"],
  ["fw-flush", "fwknop fw-flush"],
]);

/** Options of the Perl client, which only the C client's command line has. */
const INSTEAD_OF: ReadonlyMap<string, string> = new Map([
  ["Forward-access", "use -N HOST --nat-port PORT"],
  ["NAT-access", "use -N HOST --nat-port PORT"],
]);

/** Options without a value, and the option that takes the value. */
const WITH_VALUE: Readonly<Record<string, string>> = { wait: "wait-time", repeat: "repeat-time" };

/** At most this many spellings are offered for an abbreviation. */
const MOST_SPELLINGS = 4;

/** The text about the mistake, with a hint below it. `rows`: the options of the command `name`. */
export function describeMistake(
  mistake: Mistake,
  name: string,
  rows: readonly OptionRow[],
): string {
  const [text, hint = `try fwknop ${name} --help`] = explain(mistake, name, rows);
  return `fwknop: ${visible(text)}\n  ${visible(hint)}\n`;
}

/** One line, and a hint if it is better than the help text. */
type Explained = readonly [text: string, hint?: string];

function explain(mistake: Mistake, name: string, rows: readonly OptionRow[]): Explained {
  switch (mistake.kind) {
    case "unknown option":
      return unknownOption(mistake.name, name, rows);
    case "unknown letter":
      return unknownLetter(mistake.letter, name, rows);
    case "ambiguous":
      return unknownOption(mistake.typed, name, rows);
    case "unwanted value":
      return unwantedValue(mistake.name, mistake.value, rows);
    case "missing value":
      return mistake.next === undefined || mistake.next === "--"
        ? [`--${mistake.name} needs a value`]
        : [`--${mistake.name} needs a value`, `write --${mistake.name}=VALUE if it begins with --`];
    case "repeated":
      return [`--${mistake.row.name} is given twice${twoValues(mistake.row, mistake.values)}`];
    case "stray word":
      return [`unexpected word '${mistake.word}' for fwknop ${name}`];
  }
}

function unknownOption(typed: string, name: string, rows: readonly OptionRow[]): Explained {
  const text = `fwknop ${name} has no option --${typed}`;
  const command = COMMANDS_FOR.get(typed);
  if (command !== undefined) return [text, `use ${command}`];
  const other = INSTEAD_OF.get(typed);
  if (other !== undefined) return [text, other];
  const likely = likelyWords(typed, [...rows.flatMap(longNames), "help"]);
  if (likely.length === 0 || likely.length > MOST_SPELLINGS) return [text];
  return [text, `did you mean ${likely.map((it) => `--${it}`).join(" or ")}?`];
}

/** Letters come from the C tools. The same letter may mean different things to the client and to the daemon. */
function unknownLetter(letter: string, name: string, rows: readonly OptionRow[]): Explained {
  const text = `fwknop ${name} has no option -${letter}`;
  const meant = [...SERVER_OPTIONS, ...CLIENT_OPTIONS].filter(({ short }) => short === letter);
  const command = meant.map((row) => COMMANDS_FOR.get(row.name)).find((it) => it !== undefined);
  const own = meant.find((row) => rows.some((it) => it.name === row.name));
  if (own !== undefined) return [text, `write --${own.name}`];
  return command === undefined ? [text] : [text, `use ${command}`];
}

function unwantedValue(option: string, value: string, rows: readonly OptionRow[]): Explained {
  const text = `--${option} does not take a value: '${value}'`;
  const other = WITH_VALUE[option];
  return other !== undefined && rows.some((it) => it.name === other)
    ? [text, `use --${other} ${value}`]
    : [text, `write --${option} alone`];
}

/** Both values, except for a key, which is never shown, and for a switch, which has none. */
function twoValues({ argument, secret }: OptionRow, [first, second]: readonly string[]): string {
  return argument === undefined || secret ? "" : `: '${first}' and '${second}'`;
}
