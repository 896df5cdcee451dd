/**
 * Command-line options as data. One table per command is the source of the parser of the subcommand, the getopt of the
 * C tools' command line, the help, the completion and the manual page.
 *
 * @module
 */
import type { Dialect } from "../dialect.ts";

/** Headings of options in help and manual, in order. */
export const OPTION_GROUPS = [
  "The request",
  "The address to admit",
  "Where and how to send",
  "Stanzas of the rc file",
  "Keys",
  "The packet",
  "GnuPG",
  "After the knock",
  "Test and output",
  "Running",
  "Configuration",
  "Where packets come from",
  "What it says",
  "Programs",
] as const;

/** One of the headings. */
export type OptionGroup = typeof OPTION_GROUPS[number];

/** One option of a command line. */
export interface OptionRow {
  /** Long name without dashes: `server-port`. */
  readonly name: string;
  /** Single letter: `p`. */
  readonly short?: string;
  /** Other long spellings with the same meaning. */
  readonly aliases?: readonly string[];
  /** Placeholder of the argument, `PORT`; absent for a switch. */
  readonly argument?: string;
  /** One line, in sentence case, without a full stop. */
  readonly brief: string;
  /** Heading in help and manual. */
  readonly group?: OptionGroup;
  /** The configuration variable the option stands for, if there is one. */
  readonly variable?: string;
  /** The argument is a key: it is neither printed nor saved. */
  readonly secret?: true;
  /** The option may be repeated and its occurrences are counted (`-v -v`). */
  readonly counted?: boolean;
  /** The option may be repeated and every argument is kept, in order. */
  readonly repeated?: boolean;
  /**
   * `native`: only the subcommand has it. `c`: only the C tool's command line has it.
   * Absent: both.
   */
  readonly only?: Dialect;
}

/** Every long spelling of an option, the canonical one first. */
export function longNames({ name, aliases = [] }: OptionRow): string[] {
  return [name, ...aliases];
}

/** One occurrence of an option on a command line. */
export interface GivenOption {
  readonly name: string;
  /** The argument; empty for a switch. */
  readonly value: string;
}

/** The options of one command line, in the order given. */
export class GivenOptions {
  /** @param entries occurrences under their canonical long names, first to last. */
  constructor(readonly entries: readonly GivenOption[]) {}

  /** Whether the option was given. */
  has(name: string): boolean {
    return this.entries.some((entry) => entry.name === name);
  }

  /** The argument of the last occurrence, which wins as in the C tools; `undefined` if it was not given. */
  value(name: string): string | undefined {
    return this.entries.findLast((entry) => entry.name === name)?.value;
  }

  /** Every argument in order. */
  values(name: string): string[] {
    return this.entries.filter((entry) => entry.name === name).map((entry) => entry.value);
  }

  /** Number of occurrences of the option. */
  count(name: string): number {
    return this.entries.filter((entry) => entry.name === name).length;
  }
}
