/**
 * Runs the daemon for `fwknop serve` and `fwknopd`: turns the command line into settings first.
 *
 * @module
 */
import { absoluteOptions } from "../lib/config/absolute_options.ts";
import { dumpConfigText } from "../lib/config/dump.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import { type LoadedServerConfig, readServerConfig } from "../lib/config/server_config.ts";
import { checkConfig, checkDigestFile } from "../lib/daemon/check_files.ts";
import { Daemon, type DaemonOptions } from "../lib/daemon/daemon.ts";
import type { Dialect } from "../lib/dialect.ts";
import {
  type DaemonLog,
  LOG_FORMATS,
  type LogFormat,
  openDaemonLog,
} from "../lib/daemon/daemon_log.ts";
import { isDetached, ownCommand, reportReady, startDetached } from "../lib/daemon/detach.ts";
import { stderrIsJournal } from "../lib/daemon/logger.ts";
import { hasSyslog } from "../lib/daemon/syslog.ts";
import { formatDiagnostic } from "../lib/errors/diagnostic.ts";
import { HintedError } from "../lib/errors/hinted_error.ts";
import { visibleLines } from "../lib/one_line.ts";
import { journalLines, severalLines } from "../lib/report/log_line.ts";
import { FWKNOPD } from "./c/fwknopd.ts";
import { type Context, ExitCode } from "./context.ts";
import { loadServerConfig } from "./load_server_config.ts";
import {
  type DiagnosticPrinter,
  printDiagnosticObjects,
  printDiagnostics,
} from "./print_diagnostics.ts";
import { systemFiles } from "./system_files.ts";

/**
 * Runs the daemon until a signal or the packet limit ends it, in the dialect of `fwknop serve` or of `fwknopd`. Without
 * `--foreground`, the program starts itself again as a daemon, and the exit status says whether the daemon runs.
 */
export async function startServe(
  options: GivenOptions,
  context: Context,
  dialect: Dialect,
): Promise<number> {
  const format = parseLogFormat(options);
  const packetLimit = parsePacketLimit(options);
  const foreground = options.has("foreground") || isCheckOnly(options);
  const detached = !foreground && isDetached();
  if (!foreground && !detached) return await detach(dialect, context);

  const config = loadServerConfig(options, context, diagnosticPrinter(format, context));
  if (config === undefined) return ExitCode.failure;
  const dumps = dialect === "c" && foreground && !isCheckOnly(options);
  if (dumps && config.settings.VERBOSE > 1) printDump(options, context);
  // `--dry-run` is our name for the C daemon's `--test`.
  const testMode = options.has("test") || options.has("dry-run");
  using log = openDaemonLog(config.settings, {
    dialect,
    format,
    toTerminal: foreground,
    toSyslog: !foreground || options.has("syslog-enable"),
    testMode,
  }, context);
  try {
    if (isCheckOnly(options)) check(options, config, log);
    else {
      const daemon = await Daemon.start(config, {
        testMode,
        isDetached: detached,
        packetLimit,
        rotates: options.has("rotate-digest-cache"),
        log,
        env: (name) => context.env(name),
        load: configLoader(options, context),
        ready: detached ? () => reportReady((text) => context.out(text)) : (): void => {},
        // The C daemon does not examine the host's firewall.
        advises: dialect === "native",
      });
      await daemon.run();
    }
    return ExitCode.ok;
  } catch (error) {
    if (!(error instanceof HintedError)) throw error;
    const hint = error.hint === undefined ? [] : [`  ${error.hint}`];
    log.error(error.message, ...hint);
    // A daemon's log goes elsewhere, but the caller waits for the reason on standard error.
    if (detached) context.err(visibleLines(`${[error.message, ...hint].join("\n")}\n`));
    return ExitCode.failure;
  }
}

/** Whether the options ask only for a check of the files. */
function isCheckOnly(options: GivenOptions): boolean {
  return options.has("exit-parse-config") || options.has("exit-parse-digest-cache");
}

function check(options: GivenOptions, config: LoadedServerConfig, log: DaemonLog): void {
  if (options.has("exit-parse-config")) checkConfig(config, log);
  else checkDigestFile(config.settings, log);
}

/** Prints the lines of the C daemon's start with `-f -v -v` (`docs/spec/server.md` 3). */
function printDump(options: GivenOptions, context: Context): void {
  const { config } = readServerConfig(options, systemFiles);
  if (config !== undefined) context.out(visibleLines(dumpConfigText(config)));
}

/** Starts the daemon, which reads the configuration itself and reports errors to this caller. */
async function detach(dialect: Dialect, context: Context): Promise<number> {
  // The daemon gets the arguments, but not the name by which the program was started.
  const isNamed = dialect === "native" || Deno.args[0] === FWKNOPD;
  const args = isNamed ? Deno.args : [FWKNOPD, ...Deno.args];
  const outcome = await startDetached(ownCommand(args));
  if (!outcome.started) return outcome.code;
  if (dialect === "native") {
    context.out(`fwknop serve runs as a daemon (pid=${outcome.pid}); its log goes to syslog\n`);
    if (!hasSyslog()) {
      context.err(
        "No program takes the log: there is no /dev/log\n  Run it with -f, or start syslog\n",
      );
    }
  }
  return ExitCode.ok;
}

function diagnosticPrinter(format: LogFormat | undefined, context: Context): DiagnosticPrinter {
  if (format === "json") return printDiagnosticObjects;
  return stderrIsJournal(context.env("JOURNAL_STREAM")) ? printToJournal : printDiagnostics;
}

const printToJournal: DiagnosticPrinter = (diagnostics, context) => {
  for (const found of diagnostics) {
    context.err(journalLines(severalLines(found.severity, formatDiagnostic(found))));
  }
};

/** Reads the configuration again. Relative paths keep their meaning after `chdir /`. */
function configLoader(options: GivenOptions, context: Context): DaemonOptions["load"] {
  const folder = Deno.cwd();
  const absolute = absoluteOptions(options, folder);
  return (report) => loadServerConfig(absolute, context, report, folder);
}

/** `--log-format`; `undefined`: the log chooses text or trace. @throws {HintedError} for another word. */
function parseLogFormat(options: GivenOptions): LogFormat | undefined {
  const given = options.value("log-format");
  const format = LOG_FORMATS.find((one) => one === given);
  if (given === undefined || format !== undefined) return format;
  throw new HintedError(`--log-format '${given}' is not text, trace or json`);
}

function parsePacketLimit(options: GivenOptions): number {
  const text = options.value("packet-limit") ?? "0";
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw new HintedError(`--packet-limit '${text}' is not a number of packets`, {
    hint: "0 means no limit",
  });
}
