/**
 * What goes into the log.
 *
 * @module
 */

/** Severities, most urgent first. */
export type Severity = "error" | "warning" | "info" | "debug";

/** One entry, without a newline at its end. */
export interface LogLine {
  readonly severity: Severity;
  readonly text: string;
}

/** The numbers of syslog (`docs/spec/server.md` 14, RFC 5424 6.2.1). */
export const SYSLOG_SEVERITY: Readonly<Record<Severity, number>> = {
  error: 3,
  warning: 4,
  info: 6,
  debug: 7,
};

/**
 * Text that is safe to show and to store: control characters other than newline and tab become
 * `\xNN`, so that nobody writes to the administrator's terminal by way of a packet.
 */
export function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- they are what is looked for
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}

/** An entry as the journal takes it from standard error: the severity in front of every line (sd-daemon(3)). */
export function journalLines({ severity, text }: LogLine): string {
  const prefix = `<${SYSLOG_SEVERITY[severity]}>`;
  return printable(text).split("\n").map((line) => `${prefix}${line}\n`).join("");
}
