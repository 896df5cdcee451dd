/**
 * From the configuration to what a server runs with, at the start and again at every reload.
 *
 * @module
 */
import {
  captureFromSettings,
  captureKey,
  type OpenedCapture,
  sharedPort,
} from "../lib/capture/from_settings.ts";
import type { CaptureNotice } from "../lib/capture/datagram.ts";
import { FWKNOPD_ROWS, type ServerSettings } from "../lib/config/fwknopd_variables.ts";
import { natSwitches } from "../lib/config/nat_switches.ts";
import type { Stanza } from "../lib/config/stanza.ts";
import type { ServerPart } from "../lib/config/variable.ts";
import { placesOnThisHost } from "../lib/firewall/address_place.ts";
import type { Firewall, FirewallEvent } from "../lib/firewall/firewall.ts";
import { firewallFromSettings } from "../lib/firewall/from_settings.ts";
import { HintedError } from "../lib/errors/hinted_error.ts";
import { checkForwarding } from "../lib/firewall/ip_forwarding.ts";
import { lookUpHost, refuseNames } from "../lib/server/look_up.ts";
import { openReplayFile } from "../lib/server/open_replay.ts";
import type { ServerPolicy } from "../lib/server/policy.ts";
import type { ReplayCache } from "../lib/server/replay_cache.ts";
import type { OpenedReplayFile } from "../lib/server/replay_file.ts";
import type { ServerSetup } from "../lib/server/server.ts";
import type { LoadedServerConfig } from "./load_server_config.ts";
import { openCommands, reloadCommands, type ServeCommands } from "./serve_commands.ts";
import type { ServeLog } from "./serve_log.ts";
import { refuseExposedPrograms } from "./serve_programs.ts";

/** A setup together with the configuration it was made from. */
export interface OpenedSetup extends ServerSetup {
  readonly config: LoadedServerConfig;
  /** Absent in test mode. */
  readonly commandSide: ServeCommands | undefined;
  /** Lines for the log when packets begin to flow. */
  readonly announcements: readonly string[];
}

/** What stays for the life of the process. */
export interface ServeLife {
  readonly testMode: boolean;
  readonly log: ServeLog;
  /** Stops the commands that run for packets when the server ends. */
  readonly ending: AbortSignal;
  readonly replay: ReplayCache;
}

/** Seconds since 1970 UTC, whole. */
export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/**
 * Opens everything the configuration asks for; what the settings of `before` asked for alike is taken over from it.
 * Of what was opened here nothing stays open when something fails, and the server of `before` goes on as it was: what
 * it shares with its successor (replay memory, open command cycles) is changed when nothing can fail any more, at once.
 *
 * @throws {HintedError} when something cannot be opened.
 */
export async function openSetup(
  config: LoadedServerConfig,
  life: ServeLife,
  before?: OpenedSetup,
): Promise<OpenedSetup> {
  const { settings, stanzas } = config;
  const { testMode, log, ending, replay } = life;
  if (before?.firewall !== undefined && !isKept(before, settings, "firewall place")) {
    throw new HintedError("The firewall's chains, sets or NAT switches are other ones now", {
      hint: "Stop the server and start it again",
    });
  }
  if (before !== undefined && !areFilesInPlace(before.config.settings, settings)) {
    throw new HintedError("FWKNOP_RUN_DIR or FWKNOP_PID_FILE is another one now", {
      hint: "Stop the server before you change them, and start it again",
    });
  }
  refuseExposedPrograms(stanzas);
  const path = settings.ENABLE_DIGEST_PERSISTENCE && !testMode ? settings.DIGEST_FILE : undefined;
  await using undo = new AsyncDisposableStack();
  const opened = path === undefined ? undefined : openReplayFile(path);
  undo.defer(() => opened?.store.close());
  const { capture, announcements } = await openCapture(settings, life, before);
  if (capture !== before?.capture) undo.defer(() => capture.close());
  const firewall = await openFirewall(config, life, before);
  const openedCommands = testMode || before?.commandSide !== undefined
    ? undefined
    : openCommands(config, log, ending);
  if (before !== undefined && ending.aborted) throw new HintedError("The server ends");
  if (firewall !== before?.firewall) {
    undo.defer(() => firewall?.release());
    await firewall?.prepare(before?.firewall?.held());
  }
  replay.configure({ window: maxAge(settings), opened }, nowSeconds());
  undo.move();
  if (firewall !== undefined && natSwitches(settings).forwarding) {
    const notices = checkForwarding(settings.ENABLE_PROC_IP_FORWARD && !testMode);
    for (const { severity, text } of notices) log[severity](text);
  }
  if (opened !== undefined) tellOfReplayFile(settings.DIGEST_FILE, opened, replay, log);
  const commandSide = before?.commandSide === undefined
    ? openedCommands
    : reloadCommands(config, before.commandSide);
  return {
    commands: commandSide?.commands,
    cycles: commandSide?.cycles,
    commandSide,
    capture,
    firewall,
    stanzas,
    placeOf: placesOnThisHost(),
    lookUp: settings.ENABLE_NAT_DNS ? lookUpHost : refuseNames,
    policy: policyFromSettings(settings, testMode),
    config,
    announcements,
  };
}

/** The firewall that runs, or the one the settings ask for in its place; that one is not prepared yet. */
async function openFirewall(
  { settings, given, stanzas }: LoadedServerConfig,
  { testMode, log }: ServeLife,
  before: OpenedSetup | undefined,
): Promise<Firewall | undefined> {
  if (!needsFirewall(stanzas, before)) return undefined;
  if (before?.firewall !== undefined && isKept(before, settings, "firewall")) {
    return before.firewall;
  }
  const longest = Math.max(...stanzas.map(({ maxTimeout }) => maxTimeout));
  const use = { rehearse: testMode, longest };
  const firewall = await firewallFromSettings(settings, given, firewallTeller(log), use);
  refuseOtherKind(firewall, before?.firewall);
  return firewall;
}

/**
 * Made in a function of its own, as all that a setup keeps for its life: closures of one function keep alive what any
 * of them uses, and so each setup would keep the one before it.
 */
function firewallTeller(log: ServeLog): (event: FirewallEvent) => void {
  return (event) => log.firewall(event);
}

/** As above. */
function captureTeller(log: ServeLog): (notice: CaptureNotice) => void {
  return ({ severity, text }) => log[severity](text);
}

/** The capture that runs, or the one the settings ask for in its place. */
async function openCapture(
  settings: ServerSettings,
  { testMode, log }: ServeLife,
  before: OpenedSetup | undefined,
): Promise<OpenedCapture> {
  if (before !== undefined) {
    const running = before.config.settings;
    if (captureKey(running) === captureKey(settings)) return before;
    const port = sharedPort(running, settings);
    if (port !== undefined) {
      throw new HintedError(`The ways in change around port ${port}, which is open already`, {
        hint: "Stop the server and start it again",
      });
    }
  }
  return await captureFromSettings(settings, captureTeller(log), testMode);
}

/**
 * Where every stanza has a command cycle the firewall is never touched (`docs/spec/server.md` 11), unless grants of an
 * earlier configuration are still in it.
 */
function needsFirewall(stanzas: readonly Stanza[], before: OpenedSetup | undefined): boolean {
  return before?.firewall !== undefined || stanzas.some(({ cycle }) => cycle === undefined);
}

/** What one firewall holds another cannot end. */
function refuseOtherKind(firewall: Firewall | undefined, before: Firewall | undefined): void {
  if (firewall === undefined || before === undefined || firewall.kind === before.kind) return;
  throw new HintedError(`The firewall changes from ${before.name} to ${firewall.name}`, {
    hint: "Stop the server and start it again",
  });
}

/** Whether the settings say what those that run say about a part of the server. */
function isKept({ config }: OpenedSetup, settings: ServerSettings, part: ServerPart): boolean {
  const select = (settings: ServerSettings): string =>
    JSON.stringify(
      FWKNOPD_ROWS.filter((row) => row.part === part).map(({ name }) => settings[name] ?? null),
    );
  return select(config.settings) === select(settings);
}

/** Whether both name the same places, by which the running server is found. */
function areFilesInPlace(a: ServerSettings, b: ServerSettings): boolean {
  return a.FWKNOP_RUN_DIR === b.FWKNOP_RUN_DIR && a.FWKNOP_PID_FILE === b.FWKNOP_PID_FILE;
}

function tellOfReplayFile(
  path: string,
  { content, warnings }: OpenedReplayFile,
  { size }: ReplayCache,
  log: ServeLog,
): void {
  for (const text of warnings) log.warning(text);
  for (const line of content.invalidLines) {
    log.warning(`*Skipping invalid digest file entry in ${path} at line ${line}.`);
  }
  log.debug(`Using Digest Cache: '${path}' (entry count = ${size})`);
}

function maxAge(settings: ServerSettings): number | undefined {
  return settings.ENABLE_SPA_PACKET_AGING ? settings.MAX_SPA_PACKET_AGE : undefined;
}

/** What the settings say about single packets. */
export function policyFromSettings(settings: ServerSettings, testMode: boolean): ServerPolicy {
  const { forwarding, localNat, sourceNat } = natSwitches(settings);
  return {
    maxAge: maxAge(settings),
    http: settings.ENABLE_SPA_OVER_HTTP
      ? {
        anyUserAgent: settings.ALLOW_ANY_USER_AGENT,
        forwardedFor: settings.ENABLE_X_FORWARDED_FOR,
      }
      : undefined,
    nat: {
      forwarding,
      localNat,
      sourceNat: {
        enabled: sourceNat,
        ...(settings.SNAT_TRANSLATE_IP === undefined
          ? {}
          : { translate: settings.SNAT_TRANSLATE_IP }),
      },
    },
    destinationRule: settings.ENABLE_DESTINATION_RULE,
    testMode,
  };
}
