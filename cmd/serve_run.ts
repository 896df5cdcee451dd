/**
 * What `fwknop serve` does: builds the server from its settings, runs it, and puts everything back.
 *
 * @module
 */
import { UdpServer } from "../lib/capture/udp_server.ts";
import type { Capture } from "../lib/capture/datagram.ts";
import type { ServerSettings } from "../lib/config/fwknopd_variables.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import { PidFile } from "../lib/daemon/pid_file.ts";
import { dropPermissions } from "../lib/daemon/permissions.ts";
import type { Firewall } from "../lib/firewall/firewall.ts";
import { firewallFromSettings } from "../lib/firewall/from_settings.ts";
import { HintedError } from "../lib/hinted_error.ts";
import { lookUpHost, refuseNames } from "../lib/server/look_up.ts";
import { openReplay } from "../lib/server/open_replay.ts";
import type { ServerPolicy } from "../lib/server/policy.ts";
import type { ReplayCache } from "../lib/server/replay_cache.ts";
import { Server } from "../lib/server/server.ts";
import type { RunCommand } from "./command.ts";
import { ExitCode } from "./context.ts";
import {
  type LoadedServerConfig,
  loadServerConfig,
  printDiagnosticObjects,
  printDiagnostics,
} from "./load_server_config.ts";
import { openServeLog, parseLogFormat, type ServeLog } from "./serve_log.ts";

/** Runs the server until a signal or the packet limit ends it. */
export const runServe: RunCommand = async (options, _words, context) => {
  const format = parseLogFormat(options);
  const print = format === "json" ? printDiagnosticObjects : printDiagnostics;
  const config = loadServerConfig(options, context, print);
  if (config === undefined) return ExitCode.failure;
  const packetLimit = parsePacketLimit(options);
  using log = openServeLog(config.settings, format, context);
  return await serveConfig(config, options, packetLimit, log);
};

async function serveConfig(
  config: LoadedServerConfig,
  options: GivenOptions,
  packetLimit: number,
  log: ServeLog,
): Promise<number> {
  const { settings, given, stanzas } = config;
  const testMode = isTestMode(options);
  if (!testMode) makeRunFolder(settings.FWKNOP_RUN_DIR, log);
  using _pidFile = testMode ? undefined : PidFile.acquire(settings.FWKNOP_PID_FILE);
  log.info("Starting fwknopd");
  const replay = openReplayCache(settings, testMode, log);
  const capture = openCapture(settings);
  const firewall = testMode
    ? undefined
    : firewallFromSettings(settings, given, (event) => log.firewall(event));
  const server = new Server({
    capture,
    firewall,
    lookUp: settings.ENABLE_NAT_DNS ? lookUpHost : refuseNames,
    replay,
    stanzas,
    policy: policyFromSettings(settings, testMode),
    observe: log.observe,
    now: nowSeconds,
    packetLimit,
  });
  try {
    await firewall?.prepare();
    await dropPermissions({ programs: !testMode, network: false, writing: false, reading: false });
    return await runUntilSignal(server, capture, packetLimit, log);
  } finally {
    capture.close();
    await putBack(firewall, log);
  }
}

async function runUntilSignal(
  server: Server,
  capture: Capture,
  packetLimit: number,
  log: ServeLog,
): Promise<number> {
  let received: string | undefined;
  const stop = (signal: string) => (): void => {
    received ??= signal;
    server.stop();
  };
  const handlers = SIGNALS.map((signal) => [signal, stop(signal)] as const);
  for (const [signal, handler] of handlers) Deno.addSignalListener(signal, handler);
  try {
    log.info(`Kicking off ${capture.description.replace(" on ", " to listen on ")}.`);
    const end = await server.run();
    if (end === "packet-limit") {
      log.warning(`* Incoming packet count limit of ${packetLimit} reached`);
      log.info(`Packet count limit (${packetLimit}) reached. Exiting...`);
    } else if (received !== undefined) log.info(`Got ${received}. Exiting...`);
    return ExitCode.ok;
  } finally {
    for (const [signal, handler] of handlers) Deno.removeSignalListener(signal, handler);
  }
}

/** Windows knows no SIGTERM; the server does not run there, but its code is checked there. */
const SIGNALS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM"];

async function putBack(firewall: Firewall | undefined, log: ServeLog): Promise<void> {
  log.finish();
  log.info("Shutting Down fwknopd.");
  try {
    await firewall?.close();
  } catch (error) {
    log.error(error instanceof Error ? error.message : String(error));
  }
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

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

function openCapture(settings: ServerSettings): Capture {
  if (settings.ENABLE_UDP_SERVER) return new UdpServer(settings.UDPSERV_PORT);
  throw new HintedError("No way to capture packets is enabled", {
    hint: "Set ENABLE_UDP_SERVER Y in fwknopd.conf, or give --udp-server",
  });
}

function openReplayCache(settings: ServerSettings, testMode: boolean, log: ServeLog): ReplayCache {
  const isKept = settings.ENABLE_DIGEST_PERSISTENCE && !testMode;
  const path = isKept ? settings.DIGEST_FILE : undefined;
  const { cache, invalidLines } = openReplay({
    window: maxAge(settings),
    path,
    now: nowSeconds(),
  });
  for (const line of invalidLines) {
    log.warning(`*Skipping invalid digest file entry in ${path} at line ${line}.`);
  }
  if (path !== undefined) log.debug(`Using Digest Cache: '${path}' (entry count = ${cache.size})`);
  return cache;
}

function maxAge(settings: ServerSettings): number | undefined {
  return settings.ENABLE_SPA_PACKET_AGING ? settings.MAX_SPA_PACKET_AGE : undefined;
}

function policyFromSettings(settings: ServerSettings, testMode: boolean): ServerPolicy {
  return {
    maxAge: maxAge(settings),
    http: settings.ENABLE_SPA_OVER_HTTP
      ? {
        anyUserAgent: settings.ALLOW_ANY_USER_AGENT,
        forwardedFor: settings.ENABLE_X_FORWARDED_FOR,
      }
      : undefined,
    nat: {
      forwarding: settings.ENABLE_IPT_FORWARDING,
      localNat: settings.ENABLE_IPT_LOCAL_NAT,
      sourceNat: {
        enabled: settings.ENABLE_IPT_SNAT,
        ...(settings.SNAT_TRANSLATE_IP === undefined
          ? {}
          : { translate: settings.SNAT_TRANSLATE_IP }),
      },
    },
    destinationRule: settings.ENABLE_DESTINATION_RULE,
    testMode,
  };
}

/** The folder for PID and digests, made with all its parents and for root only. */
function makeRunFolder(path: string, log: ServeLog): void {
  try {
    if (Deno.statSync(path).isDirectory) return;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw runFolderError(path, error);
  }
  log.info(`Run directory: ${path} does not exist. Attempting to create it.`);
  try {
    Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw runFolderError(path, error);
  }
  log.info(`Successfully created Run directory: ${path}`);
}

function runFolderError(path: string, cause: unknown): HintedError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new HintedError(`Cannot use the run directory ${path}: ${reason}`, {
    hint: "Run as root, or name another with FWKNOP_RUN_DIR",
    cause,
  });
}
