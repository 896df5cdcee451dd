/**
 * Opens the daemon's log: lines, trace or JSON, to standard error and to syslog (`docs/log-format.md`).
 *
 * @module
 */
import type { Dialect } from "../dialect.ts";
import { nowSeconds } from "../clocks.ts";
import type { CycleEvent } from "../command/cycle_event.ts";
import type { ServerSettings } from "../config/fwknopd_variables.ts";
import type { FirewallEvent } from "../firewall/firewall.ts";
import { setColorEnabled } from "../report/color.ts";
import { cycleLines, cycleObject } from "../report/command_report.ts";
import { firewallLine, firewallObject } from "../report/firewall_report.ts";
import { eventObject } from "../report/json_reporter.ts";
import { LineReporter } from "../report/line_reporter.ts";
import { type LogLine, severalLines } from "../report/log_line.ts";
import { Trace } from "../report/trace.ts";
import type { Observer } from "../server/event.ts";
import type { Repeats } from "../server/prefilter.ts";
import { RepeatFilter } from "../server/repeat_filter.ts";
import { Deferred } from "./deferred.ts";
import { openLogger, stderrIsJournal } from "./logger.ts";

/** The open log. No method throws. */
export interface DaemonLog extends Disposable {
  readonly observe: Observer;
  /** Counts refusals like those that were logged lately. Absent: the log shows every refusal. */
  readonly repeats: Repeats | undefined;
  firewall(event: FirewallEvent): void;
  cycle(event: CycleEvent): void;
  /** Logs a line, and further lines that belong to it. */
  error(text: string, ...rest: string[]): void;
  warning(text: string, ...rest: string[]): void;
  info(text: string, ...rest: string[]): void;
  debug(text: string, ...rest: string[]): void;
  /** Writes the lines that are still held back. */
  finish(): void;
}

/** Milliseconds between two checks of the refusals that are held back. */
const FLUSH_INTERVAL = 5_000;

/** Formats of the log. */
export const LOG_FORMATS = ["text", "trace", "json"] as const;

/** One of {@link LOG_FORMATS}. */
export type LogFormat = typeof LOG_FORMATS[number];

/** Where the log goes, and how. */
export interface DaemonLogOptions {
  /**
   * `native`, of `fwknop serve`: equal refusals are counted, and packets traced on a terminal. `c`, of `fwknopd`: the C
   * daemon's lines and nothing else.
   */
  readonly dialect: Dialect;
  /** `undefined`: a trace if a terminal shows the log, else text. */
  readonly format: LogFormat | undefined;
  /** The daemon runs in the foreground. */
  readonly toTerminal: boolean;
  readonly toSyslog: boolean;
  /** The daemon changes nothing and shows what it would do. */
  readonly testMode: boolean;
}

/** Functions of the process that the log uses. */
export interface LogOutput {
  /** Writes to standard output. May throw. */
  out(text: string): void;
  /** Writes to standard error. Never throws. */
  err(text: string): void;
  readonly isErrorTerminal: boolean;
  /** Whether terminals may get colour. */
  readonly usesColor: boolean;
  /** Columns of the terminal; `undefined` if they are not known. */
  columns?(): number | undefined;
  /** A variable of the environment. */
  env(name: string): string | undefined;
}

/** Opens the log that options and settings ask for. */
export function openDaemonLog(
  settings: ServerSettings,
  { dialect, format, toTerminal, toSyslog, testMode }: DaemonLogOptions,
  output: LogOutput,
): DaemonLog {
  const toJournal = stderrIsJournal(output.env("JOURNAL_STREAM"));
  const logger = openLogger({
    verbose: settings.VERBOSE > 0,
    ...(toTerminal ? { format: format === "json" ? "json" : toJournal ? "journal" : "text" } : {}),
    write: (text) => output.err(text),
    ...(toSyslog
      ? { syslog: { identity: settings.SYSLOG_IDENTITY, facility: settings.SYSLOG_FACILITY } }
      : {}),
  });
  // The client waits for the firewall, not for a line. So lines are written after the packet went to the firewall.
  const deferred = new Deferred();
  const later = <T>(write: (it: T) => void) => (it: T): void => deferred.add(() => write(it));
  const log = later((line: LogLine) => logger.log(line));
  const logObject = later((members: Readonly<Record<string, unknown>>) => logger.object(members));
  const isNative = dialect === "native";
  const lines = new LineReporter((line) => logger.log(line), {
    dumpFields: settings.VERBOSE > (isNative ? 1 : 0),
    everyStanza: !isNative,
    showsText: !isNative && settings.VERBOSE > 0,
    dump: !isNative && toTerminal && settings.VERBOSE > 2
      ? (text) => outIfThere(output, text)
      : undefined,
  });
  const isWatched = settings.VERBOSE > 0 && !toJournal && (output.isErrorTerminal || testMode);
  const showsTrace = isNative && toTerminal &&
    (format === "trace" || format === undefined && isWatched);
  let held: RepeatFilter | undefined;
  let repeats: Repeats | undefined;
  let observe: Observer;
  let timer: ReturnType<typeof setTimeout> | undefined;
  if (showsTrace) {
    setColorEnabled(output.isErrorTerminal && output.usesColor);
    const columns = () => output.isErrorTerminal ? output.columns?.() : undefined;
    observe = later(new Trace((line) => output.err(`${line}\n`), nowSeconds, columns).observe);
  } else if (!isNative) observe = later(lines.observe);
  else {
    const showsEach = testMode || settings.VERBOSE > 1;
    const filter = new RepeatFilter(
      later(
        format !== "json" ? lines.observe : (event) => {
          const object = eventObject(event);
          if (object !== undefined) logger.object(object);
        },
      ),
      nowSeconds,
      showsEach,
    );
    held = filter;
    // An idle server sleeps: the timer runs only while something is held back.
    const watch = (): void => {
      if (timer !== undefined || !filter.isHolding) return;
      timer = setTimeout(() => {
        timer = undefined;
        filter.flush(nowSeconds());
        watch();
      }, FLUSH_INTERVAL);
    };
    observe = (event) => {
      if (event.kind === "refused" && event.refusal.elsewhere) return;
      filter.observe(event);
      watch();
    };
    if (!showsEach) {
      repeats = {
        count: (source, kind) => {
          const isCounted = filter.count(source, kind);
          if (isCounted) watch();
          return isCounted;
        },
      };
    }
  }
  return {
    observe,
    repeats,
    firewall: (event) => {
      const object = format === "json" ? firewallObject(event) : undefined;
      if (object !== undefined) logObject(object);
      else if (event.type !== "command") log(firewallLine(event));
      else if (testMode && isNative) log(severalLines("info", event.text));
      else if (settings.VERBOSE > 1) log(firewallLine(event));
    },
    cycle: (event) => {
      const object = format === "json" ? cycleObject(event) : undefined;
      if (object !== undefined) logObject(object);
      else for (const line of cycleLines(event)) log(line);
    },
    error: (text, ...rest) => log({ severity: "error", text, rest }),
    warning: (text, ...rest) => log({ severity: "warning", text, rest }),
    info: (text, ...rest) => log({ severity: "info", text, rest }),
    debug: (text, ...rest) => log({ severity: "debug", text, rest }),
    finish: () => held?.flush(nowSeconds(), true),
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      deferred.flush();
      logger[Symbol.dispose]();
    },
  };
}

/** Ignores a standard output that is full or closed: it must not end the daemon, which would leave its rules behind. */
function outIfThere(output: LogOutput, text: string): void {
  try {
    output.out(text);
  } catch {
    // The output has no reader.
  }
}
