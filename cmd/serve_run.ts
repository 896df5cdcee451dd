/**
 * What `fwknop serve` does: builds the server from its settings, runs it, and puts everything back.
 *
 * @module
 */
import { absoluteOptions } from "../lib/config/absolute_options.ts";
import { dumpConfig } from "../lib/config/dump.ts";
import { readServerConfig } from "../lib/config/server_config.ts";
import { systemFiles } from "./system_files.ts";
import { formatDiagnostic } from "../lib/errors/diagnostic.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import { ignoreDebuggerSignal } from "../lib/daemon/debugger_signal.ts";
import { isDetached, ownCommand, reportReady, startDetached } from "../lib/daemon/detach.ts";
import { hasSyslog } from "../lib/daemon/syslog.ts";
import { PidFile, refuseSecondDaemon } from "../lib/daemon/pid_file.ts";
import { dropPermissions } from "../lib/daemon/permissions.ts";
import { ServiceManager } from "../lib/daemon/service_manager.ts";
import { journalLines, severalLines } from "../lib/daemon/log_line.ts";
import { prepareGuard } from "../lib/exec/guard.ts";
import { allEnded } from "../lib/exec/start.ts";
import { HintedError } from "../lib/errors/hinted_error.ts";
import { reasonOf } from "../lib/errors/reason.ts";
import { visibleLines } from "../lib/one_line.ts";
import { ReplayCache } from "../lib/server/replay_cache.ts";
import { rotateReplayFile } from "../lib/server/rotate_replay.ts";
import { Server } from "../lib/server/server.ts";
import { warmUp } from "../lib/server/warm_up.ts";
import { FWKNOPD } from "./compat/name.ts";
import type { RunCommand } from "./command.ts";
import { type Context, ExitCode } from "./context.ts";
import { type LoadedServerConfig, loadServerConfig } from "./load_server_config.ts";
import {
  type DiagnosticPrinter,
  printDiagnosticObjects,
  printDiagnostics,
} from "./print_diagnostics.ts";
import { makeRunFolder } from "./run_folder.ts";
import { checkOnly, isCheckOnly } from "./serve_check.ts";
import {
  isJournal,
  type LogFormat,
  openServeLog,
  parseLogFormat,
  type ServeLog,
  type Voice,
} from "./serve_log.ts";
import { type Advice, prepareAdvice } from "./serve_advice.ts";
import { restoreFiles, warnOfNeighbours } from "./serve_place.ts";
import { nowSeconds, type OpenedSetup, openSetup, type ServeLife } from "./serve_setup.ts";
import { Signals } from "./signals.ts";

/** Runs the server until a signal or the packet limit ends it. */
export const runServe: RunCommand = (options, _words, context) =>
  startServe(options, context, "native");

/**
 * The same in the voice of `fwknop serve` or of `fwknopd`. Without `--foreground` the program starts itself again as a
 * daemon, and the exit status tells whether that one really runs.
 */
export async function startServe(
  options: GivenOptions,
  context: Context,
  voice: Voice,
): Promise<number> {
  const format = parseLogFormat(options);
  const packetLimit = parsePacketLimit(options);
  const foreground = options.has("foreground") || isCheckOnly(options);
  const detached = !foreground && isDetached();
  if (!foreground && !detached) return await detach(voice, context);

  const print = isJournal(context) && format !== "json"
    ? printToJournal
    : diagnosticPrinter(format);
  const config = loadServerConfig(options, context, print);
  if (config === undefined) return ExitCode.failure;
  const dumps = voice === "fwknopd" && foreground && !isCheckOnly(options);
  if (dumps && config.settings.VERBOSE > 1) printDump(options, context);
  const run: ServeRun = {
    testMode: isTestMode(options),
    isDetached: detached,
    packetLimit,
    rotates: options.has("rotate-digest-cache"),
    advises: voice === "native",
    load: configLoader(options, context),
    ready: detached ? () => reportReady((text) => context.out(text)) : (): void => {},
  };
  const toSyslog = !foreground || options.has("syslog-enable");
  using log = openServeLog(
    config.settings,
    {
      voice,
      format,
      toTerminal: foreground,
      toSyslog,
      testMode: run.testMode,
    },
    context,
  );
  try {
    if (!isCheckOnly(options)) return await serveConfig(config, run, log, context);
    checkOnly(options, config, log);
    return ExitCode.ok;
  } catch (error) {
    if (!(error instanceof HintedError)) throw error;
    const hint = error.hint === undefined ? [] : [`  ${error.hint}`];
    log.error(error.message, ...hint);
    // A daemon's log is elsewhere; whoever starts it waits here.
    if (detached) context.err(visibleLines(`${[error.message, ...hint].join("\n")}\n`));
    return ExitCode.failure;
  }
}

/** What the C daemon prints at its start with `-f -v -v` (`docs/spec/server.md` 3). */
function printDump(options: GivenOptions, context: Context): void {
  const { config } = readServerConfig(options, systemFiles);
  if (config !== undefined) context.out(visibleLines(dumpConfig(config)));
}

/** The daemon reads the configuration itself, and tells whoever started it what is wrong. */
async function detach(voice: Voice, context: Context): Promise<number> {
  // The name the program was invoked by is not handed on, but its arguments are.
  const isNamed = voice === "native" || Deno.args[0] === FWKNOPD;
  const args = isNamed ? Deno.args : [FWKNOPD, ...Deno.args];
  const outcome = await startDetached(ownCommand(args));
  if (!outcome.started) return outcome.code;
  if (voice === "native") {
    context.out(`fwknop serve runs as a daemon (pid=${outcome.pid}); its log goes to syslog\n`);
    if (!hasSyslog()) {
      context.err(
        "No program takes the log: there is no /dev/log\n  Run it with -f, or start syslog\n",
      );
    }
  }
  return ExitCode.ok;
}

function diagnosticPrinter(format: LogFormat | undefined): DiagnosticPrinter {
  return format === "json" ? printDiagnosticObjects : printDiagnostics;
}

const printToJournal: DiagnosticPrinter = (diagnostics, context) => {
  for (const found of diagnostics) {
    context.err(journalLines(severalLines(found.severity, formatDiagnostic(found))));
  }
};

/** Reads the configuration again; relative paths keep their meaning after `chdir /`. */
function configLoader(options: GivenOptions, context: Context): LoadConfig {
  const folder = Deno.cwd();
  const absolute = absoluteOptions(options, folder);
  return (print) => loadServerConfig(absolute, context, print, folder);
}

type LoadConfig = (print: DiagnosticPrinter) => LoadedServerConfig | undefined;

/** What the command line says about the run as a whole. */
interface ServeRun {
  readonly testMode: boolean;
  /** It runs in the background. */
  readonly isDetached: boolean;
  readonly packetLimit: number;
  /** The digests seen so far are put aside, once. */
  readonly rotates: boolean;
  /** Tells what is wrong with the host's firewall; the C daemon does not look. */
  readonly advises: boolean;
  /** Reads the configuration again and tells what is wrong with it. */
  readonly load: LoadConfig;
  /** Called when everything that can fail is done. */
  readonly ready: () => void;
}

async function serveConfig(
  config: LoadedServerConfig,
  run: ServeRun,
  log: ServeLog,
  context: Context,
): Promise<number> {
  const { settings } = config;
  const { testMode, packetLimit } = run;
  // A rehearsal on a terminal may run beside the daemon. One in the background must be found and stopped.
  const isDaemon = !testMode || run.isDetached;
  if (isDaemon) {
    refuseSecondDaemon(settings.FWKNOP_PID_FILE);
    makeRunFolder(settings.FWKNOP_RUN_DIR, log);
  }
  // Before anything is changed, so that it is put back whenever the signal comes, and before others learn of the PID.
  using signals = new Signals();
  signals.hold(["SIGHUP", "SIGUSR2", "SIGPROF"]);
  using pidFile = isDaemon ? PidFile.acquire(settings.FWKNOP_PID_FILE) : undefined;
  for (const text of pidFile?.warnings ?? []) log.warning(text);
  if (isDaemon) warnOfNeighbours(settings, testMode, log, context);
  using manager = new ServiceManager(context.env("NOTIFY_SOCKET"));
  using _debugger = ignoreDebuggerSignal();
  const ending = new AbortController();
  signals.on("SIGINT", () => ending.abort());
  signals.on("SIGTERM", () => ending.abort());
  log.info("Starting fwknopd");
  if (run.rotates && !testMode && settings.ENABLE_DIGEST_PERSISTENCE) {
    const window = settings.ENABLE_SPA_PACKET_AGING ? settings.MAX_SPA_PACKET_AGE : undefined;
    log.info("Rotating digest cache file.");
    rotateReplayFile(settings.DIGEST_FILE, window, nowSeconds());
  }
  // While libraries can still be loaded.
  prepareGuard();
  const life: ServeLife = { testMode, log, ending: ending.signal, replay: new ReplayCache() };
  const setup = await openSetup(config, life);
  const { replay } = life;
  const server = new Server(setup, { observe: log.observe, replay, now: nowSeconds, packetLimit });
  ending.signal.addEventListener("abort", () => server.stop());
  if (ending.signal.aborted) server.stop();
  let current = setup;
  const advise = run.advises && setup.firewall !== undefined ? prepareAdvice(config) : undefined;
  const tellAdvice = (advice: readonly Advice[]): void => {
    if (ending.signal.aborted) return;
    for (const [text, ...rest] of advice) log.warning(text, ...rest);
    const count = `${advice.length} finding${advice.length === 1 ? "" : "s"}`;
    log.debug(`Looked at the host's firewall: ${count}`);
  };
  // Who only looks has no permission to start programs later, and waits for the answer.
  if (testMode && advise !== undefined) tellAdvice(await advise());
  run.ready();
  try {
    await dropPermissions({
      programs: !testMode || config.stanzas.some(({ gpg }) => gpg !== undefined),
      // Whoever listens by now goes on; a reload that wants another TCP port has to be a restart.
      network: false,
      writing: !testMode,
      reading: true,
    });
    signals.on("SIGHUP", async () => {
      if (ending.signal.aborted) return;
      manager.reloading();
      log.info("Got SIGHUP. Re-reading configs.");
      if (pidFile !== undefined && !testMode) restoreFiles(current, pidFile, replay, log);
      await reload(server, current, life, run.load, (setup) => current = setup);
      await current.firewall?.check();
      manager.ready(`Watching ${current.capture.description}`);
    });
    signals.on("SIGPROF", () => tellCounters(server, replay, log));
    signals.on("SIGUSR2", () => revokeGrants(current, log));
    for (const line of setup.announcements) log.info(line);
    setup.cycles?.start();
    manager.ready(`Watching ${setup.capture.description}`);
    if (!testMode) {
      void advise?.().then(tellAdvice);
      warmUp(setup, nowSeconds, ending.signal)
        .catch((error) => log.debug(`The warm-up failed: ${error}`));
    }
    const end = await server.run();
    if (end === "packet-limit") {
      log.warning(`* Incoming packet count limit of ${packetLimit} reached`);
      log.info(`Packet count limit (${packetLimit}) reached. Exiting...`);
    } else if (signals.last !== undefined) {
      log.info("Gracefully leaving the fwknopd event loop.");
      log.info(`Got ${signals.last}. Exiting...`);
    }
    return ExitCode.ok;
  } finally {
    ending.abort();
    manager.stopping();
    // A reload that is under way has a firewall in its hands that would put back what is taken out below.
    await signals.settle();
    await current.capture.close();
    replay.close();
    log.finish();
    log.info("Shutting Down fwknopd.");
    const { commandSide } = current;
    // Side by side: commands may take their time, and the one that stops the daemon has only so much patience. Those of
    // messages were asked to end, and are killed two seconds later.
    await Promise.all([
      commandSide?.cycles.close(commandSide),
      current.firewall?.close(),
      allEnded("command"),
    ]);
  }
}

/**
 * Loads first and switches only if everything is good: a mistake in a file changes nothing
 * (`docs/spec/server.md` 16, row 7). Resolves when the setup before is needed no longer.
 *
 * @param switched called with what the server runs with from now on, at once: it may be stopped before this resolves.
 */
async function reload(
  server: Server,
  before: OpenedSetup,
  life: ServeLife,
  load: LoadConfig,
  switched: (setup: OpenedSetup) => void,
): Promise<void> {
  const { log, ending } = life;
  try {
    const config = load((diagnostics) => {
      for (const found of diagnostics) {
        const [text = "", ...rest] = formatDiagnostic(found).split("\n");
        log[found.severity](text, ...rest);
      }
    });
    if (config === undefined) {
      log.error("The new configuration has errors: going on with the one before");
      return;
    }
    const setup = await openSetup(config, life, before);
    const done = server.adopt(setup);
    switched(setup);
    await done;
    if (setup.firewall !== before.firewall) await before.firewall?.release();
    log.info("Re-starting fwknopd");
    if (setup.capture !== before.capture) {
      for (const line of setup.announcements) log.info(line);
    }
  } catch (error) {
    if (ending.aborted) return;
    const reason = needsPermission(error)
      ? "The new configuration needs permissions that were given up at the start (restart it)"
      : reasonOf(error);
    log.error(`${reason}: going on with the configuration before`);
  }
}

function needsPermission(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return [error, cause].some((one) => one instanceof Deno.errors.NotCapable);
}

/** SIGUSR2: nobody is let in any more who does not knock again. */
async function revokeGrants(
  { firewall, cycles }: OpenedSetup,
  log: ServeLog,
): Promise<void> {
  try {
    const rules = firewall?.held().length ?? 0;
    const closing = cycles?.revoke();
    await firewall?.revoke();
    const closed = await closing ?? 0;
    const counts = [
      countOf(rules, "rule"),
      ...closed > 0 ? [countOf(closed, "command cycle")] : [],
    ];
    log.warning(`Got SIGUSR2. Revoked every grant: ${counts.join(", ")}`);
  } catch (error) {
    if (!(error instanceof HintedError)) throw error;
    log.error(`Got SIGUSR2, but the rules are still there: ${error.message}`);
  }
}

function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** SIGPROF: what went through so far. */
function tellCounters(server: Server, replay: ReplayCache, log: ServeLog): void {
  const { capture } = server.setup;
  const { received, dropped, refused } = capture.statistics();
  log.info(
    `Packets: ${received} received, ${dropped} dropped before they could be read, ` +
      `${refused} of no use to us, ${server.taken} looked at; ${replay.size} remembered`,
  );
}

/** `--dry-run` is our name for what the C daemon calls `--test`. */
function isTestMode(options: GivenOptions): boolean {
  return options.has("test") || options.has("dry-run");
}

function parsePacketLimit(options: GivenOptions): number {
  const text = options.value("packet-limit") ?? "0";
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw new HintedError(`--packet-limit '${text}' is not a number of packets`, {
    hint: "0 is no limit",
  });
}
