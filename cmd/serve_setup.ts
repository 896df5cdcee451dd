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
import { HintedError } from "../lib/hinted_error.ts";
import { checkForwarding } from "../lib/firewall/ip_forwarding.ts";
import { lookUpHost, refuseNames } from "../lib/server/look_up.ts";
import { openReplay } from "../lib/server/open_replay.ts";
import type { ServerPolicy } from "../lib/server/policy.ts";
import type { ReplayCache } from "../lib/server/replay_cache.ts";
import type { ServerSetup } from "../lib/server/server.ts";
import type { LoadedServerConfig } from "./load_server_config.ts";
import { openCommands, reloadCommands, type ServeCommands } from "./serve_commands.ts";
import type { ServeLog } from "./serve_log.ts";

/** A setup together with the configuration it was made from. */
export interface OpenedSetup extends ServerSetup {
  readonly config: LoadedServerConfig;
  /** Absent in test mode. */
  readonly commandSide: ServeCommands | undefined;
  /** Lines for the log when packets begin to flow. */
  readonly announcements: readonly string[];
}

/** Seconds since 1970 UTC, whole. */
export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/**
 * Opens everything the configuration asks for; what the settings of `before` asked for alike is taken over from it.
 * Of what was opened here nothing stays open when something fails.
 *
 * @param ending stops the commands that run for packets when the server ends.
 * @throws {HintedError} when something cannot be opened.
 */
export async function openSetup(
  config: LoadedServerConfig,
  testMode: boolean,
  log: ServeLog,
  ending: AbortSignal,
  before?: OpenedSetup,
): Promise<OpenedSetup> {
  const { settings, given, stanzas } = config;
  const keeps = (part: ServerPart): boolean =>
    before !== undefined && isSame(before.config.settings, settings, part);
  const replay = before !== undefined && keeps("replay")
    ? before.replay
    : openReplayCache(settings, testMode, log, before?.replay);
  if (before?.firewall !== undefined && !keeps("firewall place")) {
    throw new HintedError("The firewall's chains, sets or NAT switches are other ones now", {
      hint: "Stop the server and start it again",
    });
  }
  const { capture, announcements } = await openCapture(settings, testMode, log, before);
  try {
    const kept = keeps("firewall") ? before?.firewall : undefined;
    const tell = (event: FirewallEvent): void => log.firewall(event);
    const firewall = needsFirewall(stanzas, before)
      ? kept ?? await firewallFromSettings(settings, given, tell, testMode)
      : undefined;
    refuseOtherKind(firewall, before?.firewall);
    if (firewall !== kept) await firewall?.prepare(before?.firewall?.held());
    if (firewall !== undefined && natSwitches(settings).forwarding) {
      const notices = checkForwarding(settings.ENABLE_PROC_IP_FORWARD && !testMode);
      for (const { severity, text } of notices) log[severity](text);
    }
    const commandSide = testMode
      ? undefined
      : before?.commandSide === undefined
      ? openCommands(config, log, ending)
      : reloadCommands(config, before.commandSide);
    return {
      commands: commandSide?.commands,
      cycles: commandSide?.cycles,
      commandSide,
      capture,
      firewall,
      replay,
      stanzas,
      placeOf: placesOnThisHost(),
      lookUp: settings.ENABLE_NAT_DNS ? lookUpHost : refuseNames,
      policy: policyFromSettings(settings, testMode),
      config,
      announcements,
    };
  } catch (error) {
    if (capture !== before?.capture) await capture.close();
    throw error;
  }
}

/** The capture that runs, or the one the settings ask for in its place. */
async function openCapture(
  settings: ServerSettings,
  testMode: boolean,
  log: ServeLog,
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
  const notify = (notice: CaptureNotice): void => log[notice.severity](notice.text);
  return await captureFromSettings(settings, notify, testMode);
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

/** Whether both say the same about a part of the server. */
function isSame(a: ServerSettings, b: ServerSettings, part: ServerPart): boolean {
  const select = (settings: ServerSettings): string =>
    JSON.stringify(
      FWKNOPD_ROWS.filter((row) => row.part === part).map(({ name }) => settings[name] ?? null),
    );
  return select(a) === select(b);
}

function openReplayCache(
  settings: ServerSettings,
  testMode: boolean,
  log: ServeLog,
  before: ReplayCache | undefined,
): ReplayCache {
  const isKept = settings.ENABLE_DIGEST_PERSISTENCE && !testMode;
  const path = isKept ? settings.DIGEST_FILE : undefined;
  const now = nowSeconds();
  const { cache, invalidLines } = openReplay({ window: maxAge(settings), path, now });
  if (before !== undefined) cache.takeOver(before, now);
  for (const line of invalidLines) {
    log.warning(`*Skipping invalid digest file entry in ${path} at line ${line}.`);
  }
  if (path !== undefined) log.debug(`Using Digest Cache: '${path}' (entry count = ${cache.size})`);
  return cache;
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
