/**
 * Entries of the log.
 *
 * @module
 */
import type { Severity } from "../errors/severity.ts";
import { visible } from "../one_line.ts";

/** One entry of the log. */
export interface LogLine {
  readonly severity: Severity;
  /** One line. A line feed in it came from outside; every output escapes it. */
  readonly text: string;
  /** The further lines, if the entry has several. */
  readonly rest?: readonly string[];
}

/** An entry of several lines. Only for our own texts: the line feeds of an untrusted text would start lines. */
export function severalLines(severity: Severity, text: string): LogLine {
  const [first = "", ...rest] = text.split("\n");
  return { severity, text: first, ...(rest.length === 0 ? {} : { rest }) };
}

/** The severity numbers of syslog (`docs/spec/server.md` 14, RFC 5424 6.2.1). */
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

/** An entry for the journal, which reads standard error: the severity stands before every line (sd-daemon(3)). */
export function journalLines(entry: LogLine): string {
  const prefix = `<${SYSLOG_SEVERITY[entry.severity]}>`;
  return entryLines(entry).map((line) => `${prefix}${line}\n`).join("");
}
