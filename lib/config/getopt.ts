/**
 * The only parser of command lines: getopt_long of the GNU C library over the option tables, with abbreviations, glued
 * values and permutation. The C dialect uses it unchanged; the subcommands use it more strictly.
 *
 * @module
 */
import { type GivenOption, GivenOptions, type OptionRow } from "./option.ts";

/** One mistake in a command line. */
export type Complaint =
  /** `typed` is what follows the dashes, with `=` and value; `name` is the part before `=`. */
  | { readonly kind: "unknown option"; readonly name: string; readonly typed: string }
  | { readonly kind: "unknown letter"; readonly letter: string }
  /** An abbreviation that several options share. */
  | { readonly kind: "ambiguous"; readonly typed: string; readonly names: readonly string[] }
  /** A switch with `=VALUE`; `name` is the option that was meant. */
  | { readonly kind: "unwanted value"; readonly name: string; readonly value: string }
  /** `letter` is present if the option was written as a letter. `next` is the word that cannot be the value. */
  | {
    readonly kind: "missing value";
    readonly name: string;
    readonly letter?: string;
    readonly next?: string | undefined;
  };

/** The result of parsing a command line. */
export interface ParsedCommandLine {
  readonly options: GivenOptions;
  /** Words that belong to no option. */
  readonly words: readonly string[];
  /** In the order of the words; empty if the command line is correct. */
  readonly complaints: readonly Complaint[];
  /** Number of options before the first word with a complaint; all of them if there is no complaint. */
  readonly understood: number;
}

/** Options of the parser. */
export interface Grammar {
  /** Parsing ends after this option: `--help` answers at once. */
  readonly stopAt?: string;
  /**
   * If true, long options must be written in full, and a word that begins with `--` is not a value. If false, the rules
   * of getopt hold, for old scripts; there a new option may change the meaning of an abbreviation.
   */
  readonly exact?: boolean;
}

/**
 * Parses the words after the program's name. Options and other words may be mixed; `--` ends the options.
 * Complaints do not end the parsing.
 */
export function parseCommandLine(
  args: readonly string[],
  rows: readonly OptionRow[],
  { stopAt, exact = false }: Grammar = {},
): ParsedCommandLine {
  const reader = new LineReader(args, rows, exact);
  const words: string[] = [];
  let understood: number | undefined;
  for (let word = reader.next(); word !== undefined; word = reader.next()) {
    const before = reader.given.length;
    if (word === "--") {
      words.push(...reader.rest);
      break;
    }
    if (word.startsWith("--")) reader.readLong(word.slice(2));
    else if (word.startsWith("-") && word !== "-") reader.readLetters(word.slice(1));
    else words.push(word);
    if (reader.complaints.length > 0) understood ??= before;
    if (stopAt !== undefined && reader.given.some(({ name }) => name === stopAt)) break;
  }
  const { given, complaints } = reader;
  return {
    options: new GivenOptions(given),
    words,
    complaints,
    understood: understood ?? given.length,
  };
}

class LineReader {
  readonly given: GivenOption[] = [];
  readonly complaints: Complaint[] = [];
  readonly rest: string[];

  constructor(
    args: readonly string[],
    readonly rows: readonly OptionRow[],
    readonly exact: boolean,
  ) {
    this.rest = [...args];
  }

  next(): string | undefined {
    return this.rest.shift();
  }

  readLong(typed: string): void {
    const equals = typed.indexOf("=");
    const name = equals < 0 ? typed : typed.slice(0, equals);
    const value = equals < 0 ? undefined : typed.slice(equals + 1);
    const found = findLong(name, this.rows, this.exact);
    const [match] = found;
    if (match === undefined) {
      this.complaints.push({ kind: "unknown option", name, typed });
    } else if (found.some(({ row }) => row !== match.row)) {
      // Lists only the first spelling of the first option found.
      const names = found.filter(({ row }, index) => index === 0 || row !== match.row)
        .map(({ name }) => name);
      this.complaints.push({ kind: "ambiguous", typed, names });
    } else if (match.row.argument !== undefined) {
      this.#take(match.row, value, { name: match.name });
    } else if (value !== undefined) {
      this.complaints.push({ kind: "unwanted value", name: match.name, value });
    } else this.given.push({ name: match.row.name, value: "" });
  }

  readLetters(letters: string): void {
    for (let index = 0; index < letters.length; index++) {
      const letter = letters.charAt(index);
      const row = this.rows.find(({ short }) => short === letter);
      if (row === undefined) {
        this.complaints.push({ kind: "unknown letter", letter });
      } else if (row.argument === undefined) {
        this.given.push({ name: row.name, value: "" });
      } else {
        const glued = letters.slice(index + 1);
        this.#take(row, glued === "" ? undefined : glued, { name: row.name, letter });
        return;
      }
    }
  }

  /**
   * @param value text that is glued to the option; if absent, the next word is the value.
   */
  #take(
    { name }: OptionRow,
    value: string | undefined,
    written: { readonly name: string; readonly letter?: string },
  ): void {
    const [next] = this.rest;
    const isMissing = next === undefined || (this.exact && next.startsWith("--"));
    if (value === undefined && isMissing) {
      this.complaints.push({ kind: "missing value", ...written, next });
    } else this.given.push({ name, value: value ?? this.next() ?? "" });
  }
}

interface LongMatch {
  readonly name: string;
  readonly row: OptionRow;
}

/** Returns the exact name, or every name that begins with the one typed, in the order of the table. */
function findLong(typed: string, rows: readonly OptionRow[], exact: boolean): LongMatch[] {
  for (const row of rows) {
    if (row.name === typed || row.aliases?.includes(typed)) return [{ name: typed, row }];
  }
  if (exact) return [];
  // The C client's table lists the spellings of one option in this order.
  return rows.flatMap((row) =>
    [row.name, ...row.aliases ?? []].sort().filter((name) => name.startsWith(typed))
      .map((name) => ({ name, row }))
  );
}
