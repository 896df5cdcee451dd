/**
 * What goes into the log.
 *
 * @module
 */
import type { Severity } from "../errors/severity.ts";
import { visible } from "../one_line.ts";

/** One entry. */
export interface LogLine {
  readonly severity: Severity;
  /** One line: a line feed in it came from outside, and is escaped wherever the entry goes. */
  readonly text: string;
  /** Further lines of an entry that has more than one. */
  readonly rest?: readonly string[];
}

/** An entry of a text of ours with several lines. Not for a text from outside: its line feeds would begin lines. */
export function severalLines(severity: Severity, text: string): LogLine {
  const [first = "", ...rest] = text.split("\n");
  return { severity, text: first, ...(rest.length === 0 ? {} : { rest }) };
}

/** The numbers of syslog (`docs/spec/server.md` 14, RFC 5424 6.2.1). */
export const SYSLOG_SEVERITY: Readonly<Record<Severity, number>> = {
  error: 3,
  warning: 4,
  info: 6,
  debug: 7,
};

/** The lines of an entry, safe to show and to store. */
export function entryLines({ text, rest = [] }: LogLine): string[] {
  return [text, ...rest].map(visible);
}

/** An entry as the journal takes it from standard error: the severity in front of every line (sd-daemon(3)). */
export function journalLines(entry: LogLine): string {
  const prefix = `<${SYSLOG_SEVERITY[entry.severity]}>`;
  return entryLines(entry).map((line) => `${prefix}${line}\n`).join("");
}
