/**
 * The daemon's log: one logger, several sinks. Loaded by the daemon only.
 *
 * @module
 */
import { configureSync, getLogger, type LogRecord, resetSync, type Sink } from "logging";
import { toJson } from "../one_line.ts";
import { entryLines, journalLines, type LogLine } from "../report/log_line.ts";
import { Syslog, type SyslogOptions } from "./syslog.ts";

/** Where the log goes. */
export interface LoggerOptions {
  /** DEBUG lines too (`-v`). */
  readonly verbose: boolean;
  /**
   * `text`: one line per entry with no time, name or severity, as the C daemon writes with `-f`.
   * `journal`: the same after `<N>`, which systemd reads as the severity (sd-daemon(3)).
   * `json`: one object per line (`docs/log-format.md`). Absent: nothing is written.
   */
  readonly format?: "text" | "journal" | "json";
  /** Writes to standard error. */
  readonly write: (text: string) => void;
  /** Absent: nothing goes to syslog. */
  readonly syslog?: SyslogOptions;
}

/** The open log. */
export interface Logger extends Disposable {
  /** Adds one line. Never throws. */
  log(line: LogLine): void;
  /** Adds one object to a JSON log, with the time. Other formats ignore it. */
  object(members: Readonly<Record<string, unknown>>): void;
}

const CATEGORY = ["fwknop"];
/** Never rendered: sinks read the properties, so that braces in a text mean nothing. */
const TEMPLATE = "{text}";

/**
 * Opens the log of this process and closes the previous one.
 *
 * @throws {RangeError} for a facility syslog does not have.
 */
export function openLogger(options: LoggerOptions): Logger {
  const syslog = options.syslog === undefined ? undefined : new Syslog(options.syslog);
  const sinks: Record<string, Sink> = {};
  if (options.format !== undefined) sinks["stderr"] = stderrSink(options.format, options.write);
  if (syslog !== undefined) sinks["syslog"] = syslogSink(syslog);
  configureSync({
    reset: true,
    sinks,
    loggers: [
      {
        category: CATEGORY,
        sinks: Object.keys(sinks),
        lowestLevel: options.verbose ? "debug" : "info",
      },
      // logtape reports sinks that throw here. There is no sink left to report to.
      { category: ["logtape", "meta"], sinks: [], lowestLevel: null },
    ],
  });
  const logger = getLogger(CATEGORY);
  return {
    log: (line) => logger[line.severity](TEMPLATE, { line }),
    object: (members) => logger.info(TEMPLATE, { members }),
    [Symbol.dispose]: () => {
      resetSync();
      syslog?.[Symbol.dispose]();
    },
  };
}

/**
 * Whether standard error is connected to the journal (`JOURNAL_STREAM` in systemd.exec(5)). Call it before any
 * permission is dropped.
 */
export function stderrIsJournal(journalStream: string | undefined): boolean {
  if (journalStream === undefined) return false;
  try {
    const { dev, ino } = Deno.statSync("/dev/stderr");
    return journalStream === `${dev}:${ino}`;
  } catch {
    return false;
  }
}

function stderrSink(format: "text" | "journal" | "json", write: (text: string) => void): Sink {
  return (record) => {
    const entry = entryOf(record);
    if (format === "json") write(toJson(jsonObject(record, entry)) + "\n");
    else if (entry.line !== undefined) {
      const { line } = entry;
      write(format === "journal" ? journalLines(line) : `${entryLines(line).join("\n")}\n`);
    }
  };
}

function syslogSink(syslog: Syslog): Sink {
  return (record) => {
    const { line } = entryOf(record);
    if (line !== undefined) syslog.log(line);
  };
}

interface Entry {
  readonly line?: LogLine;
  readonly members?: Readonly<Record<string, unknown>>;
}

function entryOf({ properties }: LogRecord): Entry {
  return properties as Entry;
}

function jsonObject(record: LogRecord, { line, members }: Entry): Record<string, unknown> {
  const time = record.timestamp / 1000;
  if (line === undefined) return { ...members, time };
  const { severity, text, rest = [] } = line;
  return { event: "log", severity, text: [text, ...rest].join("\n"), time };
}
