/**
 * The voice of `serve`: lines, trace or JSON, to standard error and to syslog (`docs/log-format.md`).
 *
 * @module
 */
import type { ServerSettings } from "../lib/config/fwknopd_variables.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import { Deferred } from "../lib/daemon/deferred.ts";
import { type LogLine, severalLines } from "../lib/daemon/log_line.ts";
import { openLogger, stderrIsJournal } from "../lib/daemon/logger.ts";
import type { CycleEvent } from "../lib/command/cycle_event.ts";
import type { FirewallEvent } from "../lib/firewall/firewall.ts";
import { HintedError } from "../lib/errors/hinted_error.ts";
import { setColorEnabled } from "../lib/report/color.ts";
import { cycleLines, cycleObject } from "../lib/report/command_report.ts";
import { firewallLine, firewallObject } from "../lib/report/firewall_report.ts";
import { eventObject } from "../lib/report/json_reporter.ts";
import { LineReporter } from "../lib/report/line_reporter.ts";
import { Trace } from "../lib/report/trace.ts";
import type { Observer } from "../lib/server/event.ts";
import { RepeatFilter } from "../lib/server/repeat_filter.ts";
import type { Context } from "./context.ts";

/** Where a server tells what happens. */
export interface ServeLog extends Disposable {
  readonly observe: Observer;
  firewall(event: FirewallEvent): void;
  cycle(event: CycleEvent): void;
  /** A line, and further ones that belong to it. */
  error(text: string, ...rest: string[]): void;
  warning(text: string, ...rest: string[]): void;
  info(text: string, ...rest: string[]): void;
  debug(text: string, ...rest: string[]): void;
  /** Tells what is still held back. */
  finish(): void;
}

/** Milliseconds between two looks at what is held back. */
const FLUSH_INTERVAL = 5_000;

/** How the log is written. */
export type LogFormat = typeof LOG_FORMATS[number];

const LOG_FORMATS = ["text", "trace", "json"] as const;

/** `--log-format`; `undefined`: text or trace, as suits. @throws {HintedError} for another word. */
export function parseLogFormat(options: GivenOptions): LogFormat | undefined {
  const given = options.value("log-format");
  const format = LOG_FORMATS.find((one) => one === given);
  if (given === undefined || format !== undefined) return format;
  throw new HintedError(`--log-format '${given}' is not text, trace or json`);
}

/**
 * Who speaks: `fwknop serve`, which counts equal refusals and traces packets on a terminal, or `fwknopd`, which says the
 * C daemon's lines and nothing else.
 */
export type Voice = "native" | "fwknopd";

/** Where the log goes, and how. */
export interface ServeLogOptions {
  readonly voice: Voice;
  /** `undefined`: a trace where a person looks on, else text. */
  readonly format: LogFormat | undefined;
  /** In the foreground. */
  readonly toTerminal: boolean;
  readonly toSyslog: boolean;
  /** Nothing is changed: somebody wants to see what would be. */
  readonly testMode: boolean;
}

/** Opens the log that options and settings ask for. */
export function openServeLog(
  settings: ServerSettings,
  { voice, format, toTerminal, toSyslog, testMode }: ServeLogOptions,
  context: Context,
): ServeLog {
  const toJournal = isJournal(context);
  const logger = openLogger({
    verbose: settings.VERBOSE > 0,
    ...(toTerminal ? { format: format === "json" ? "json" : toJournal ? "journal" : "text" } : {}),
    write: (text) => context.err(text),
    ...(toSyslog
      ? { syslog: { identity: settings.SYSLOG_IDENTITY, facility: settings.SYSLOG_FACILITY } }
      : {}),
  });
  // Written when the packet at hand is on its way to the firewall: whoever knocks waits for that, and nobody for a line.
  const deferred = new Deferred();
  const later = <T>(tell: (it: T) => void) => (it: T): void => deferred.add(() => tell(it));
  const log = later((line: LogLine) => logger.log(line));
  const logObject = later((members: Readonly<Record<string, unknown>>) => logger.object(members));
  const now = (): number => Math.floor(Date.now() / 1000);
  const isNative = voice === "native";
  const lines = new LineReporter((line) => logger.log(line), {
    dumpFields: settings.VERBOSE > (isNative ? 1 : 0),
    everyStanza: !isNative,
    showsText: !isNative && settings.VERBOSE > 0,
    dump: !isNative && toTerminal && settings.VERBOSE > 2
      ? (text) => outIfThere(context, text)
      : undefined,
  });
  const isWatched = settings.VERBOSE > 0 && !toJournal && (context.isErrorTerminal || testMode);
  const showsTrace = isNative && toTerminal &&
    (format === "trace" || format === undefined && isWatched);
  let held: RepeatFilter | undefined;
  let observe: Observer;
  let timer: ReturnType<typeof setTimeout> | undefined;
  if (showsTrace) {
    setColorEnabled(context.isErrorTerminal && context.usesColor);
    const columns = () => context.isErrorTerminal ? context.columns?.() : undefined;
    observe = later(new Trace((line) => context.err(`${line}\n`), now, columns).observe);
  } else if (!isNative) observe = later(lines.observe);
  else {
    const filter = new RepeatFilter(
      later(
        format !== "json" ? lines.observe : (event) => {
          const object = eventObject(event);
          if (object !== undefined) logger.object(object);
        },
      ),
      now,
      testMode || settings.VERBOSE > 1,
    );
    held = filter;
    // An idle server sleeps: the timer runs only while something is held back.
    const watch = (): void => {
      if (timer !== undefined || !filter.isHolding) return;
      timer = setTimeout(() => {
        timer = undefined;
        filter.flush(now());
        watch();
      }, FLUSH_INTERVAL);
    };
    observe = (event) => {
      if (event.kind === "refused" && event.refusal.elsewhere) return;
      filter.observe(event);
      watch();
    };
  }
  return {
    observe,
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
    finish: () => held?.flush(now(), true),
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      deferred.flush();
      logger[Symbol.dispose]();
    },
  };
}

/** As for standard error: an output that is full or gone must not end the server, which would leave its rules behind. */
function outIfThere(context: Context, text: string): void {
  try {
    context.out(text);
  } catch {
    // It cannot be read by anybody.
  }
}

/** Whether standard error is connected to the journal. */
export function isJournal(context: Context): boolean {
  return stderrIsJournal(context.env("JOURNAL_STREAM"));
}
