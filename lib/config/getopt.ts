/**
 * The C tools' command lines: getopt_long of the GNU C library over the option tables, with its
 * abbreviations, glued values, permutation and messages.
 *
 * @module
 */
import { type GivenOption, GivenOptions, type OptionRow } from "./option.ts";

/** What a command line says. */
export interface ParsedCommandLine {
  readonly options: GivenOptions;
  /** Words that belong to no option. */
  readonly words: readonly string[];
  /** getopt's complaints, without the program's name; empty when all is well. */
  readonly complaints: readonly string[];
  /** How many options stand before the word that was complained about first; all of them if none was. */
  readonly understood: number;
}

/**
 * Parses the words after the program's name. Options and other words may be mixed; `--` ends the options.
 * Complaints do not end the parsing.
 *
 * @param stopAt the option after which nothing more is read: `--help` answers on the spot.
 */
export function parseCommandLine(
  args: readonly string[],
  rows: readonly OptionRow[],
  stopAt?: string,
): ParsedCommandLine {
  const given: GivenOption[] = [];
  const words: string[] = [];
  const complaints: string[] = [];
  let understood: number | undefined;
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const before = given.length;
    if (word === "--") {
      words.push(...rest);
      break;
    }
    if (word.startsWith("--")) {
      const complaint = parseLong(word.slice(2), rest, rows, given);
      if (complaint !== undefined) complaints.push(complaint);
    } else if (word.startsWith("-") && word !== "-") {
      complaints.push(...parseShort(word.slice(1), rest, rows, given));
    } else words.push(word);
    if (complaints.length > 0) understood ??= before;
    if (given.some(({ name }) => name === stopAt)) break;
  }
  const options = new GivenOptions(given);
  return { options, words, complaints, understood: understood ?? given.length };
}

function parseLong(
  text: string,
  rest: string[],
  rows: readonly OptionRow[],
  given: GivenOption[],
): string | undefined {
  const equals = text.indexOf("=");
  const typed = equals < 0 ? text : text.slice(0, equals);
  const found = findLong(typed, rows);
  const [match] = found;
  if (match === undefined) return `unrecognized option '--${text}'`;
  if (found.some(({ row }) => row !== match.row)) {
    // Other spellings of the first one found are not listed.
    const names = found.filter(({ row }, index) => index === 0 || row !== match.row)
      .map(({ name }) => ` '--${name}'`).join("");
    return `option '--${text}' is ambiguous; possibilities:${names}`;
  }
  const { row, name } = match;
  if (row.argument === undefined) {
    if (equals >= 0) return `option '--${name}' doesn't allow an argument`;
    given.push({ name: row.name, value: "" });
    return undefined;
  }
  const value = equals >= 0 ? text.slice(equals + 1) : rest.shift();
  if (value === undefined) return `option '--${name}' requires an argument`;
  given.push({ name: row.name, value });
  return undefined;
}

interface LongMatch {
  readonly name: string;
  readonly row: OptionRow;
}

/** The exact name, or every name that begins like the one typed, in the order of the table. */
function findLong(typed: string, rows: readonly OptionRow[]): LongMatch[] {
  // The C client's table has the spellings of one option in this order.
  const names = rows.flatMap((row) =>
    [row.name, ...row.aliases ?? []].sort().map((name) => ({ name, row }))
  );
  const exact = names.find(({ name }) => name === typed);
  return exact === undefined ? names.filter(({ name }) => name.startsWith(typed)) : [exact];
}

function parseShort(
  letters: string,
  rest: string[],
  rows: readonly OptionRow[],
  given: GivenOption[],
): string[] {
  const complaints: string[] = [];
  for (let index = 0; index < letters.length; index++) {
    const letter = letters.charAt(index);
    const row = rows.find(({ short }) => short === letter);
    if (row === undefined) {
      complaints.push(`invalid option -- '${letter}'`);
      continue;
    }
    if (row.argument === undefined) {
      given.push({ name: row.name, value: "" });
      continue;
    }
    const glued = letters.slice(index + 1);
    const value = glued === "" ? rest.shift() : glued;
    if (value === undefined) complaints.push(`option requires an argument -- '${letter}'`);
    else given.push({ name: row.name, value });
    break;
  }
  return complaints;
}
