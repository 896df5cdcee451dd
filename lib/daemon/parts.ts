/**
 * The table of the daemon's parts, in the order in which they are set up. It says how each part is made, whether it
 * survives a reload, and how it ends. Start, reload and stop walk over this table (`walks.ts`).
 *
 * @module
 */
import type { CaptureNotice } from "../capture/datagram.ts";
import { captureFromSettings, sharedPort } from "../capture/from_settings.ts";
import type { OpenedCapture } from "../capture/listener.ts";
import { nowSeconds } from "../clocks.ts";
import type { ServerSettings } from "../config/fwknopd_variables.ts";
import { listenersOf } from "../config/listeners.ts";
import { natSwitches } from "../config/nat_switches.ts";
import { HintedError } from "../errors/hinted_error.ts";
import { prepareGuard } from "../exec/guard.ts";
import { allEnded } from "../exec/start.ts";
import { placesOnThisHost } from "../firewall/address_place.ts";
import type { Firewall, FirewallEvent } from "../firewall/firewall.ts";
import { firewallFromSettings } from "../firewall/from_settings.ts";
import { keepSessionsOpen } from "../firewall/netfilter/track_connections.ts";
import { checkForwarding } from "../firewall/ip_forwarding.ts";
import type { Observer } from "../server/event.ts";
import { GrantNames, grantNamesPath } from "../firewall/grant_names.ts";
import { lookUpHost, refuseNames } from "../server/look_up.ts";
import { ageWindow, policyFromSettings } from "../server/policy.ts";
import { ReplayCache } from "../server/replay_cache.ts";
import { type OpenedReplayFile, openReplayFile } from "../server/replay_file.ts";
import { rotateReplayFile } from "../server/rotate_replay.ts";
import { Server, type ServerSetup } from "../server/server.ts";
import { prepareAccounts } from "./accounts.ts";
import { warnOfInvalidEntries } from "./check_files.ts";
import { closesAll, commandLimitsOf, openCommands, openCycles } from "./commands.ts";
import type { DaemonLog } from "./daemon_log.ts";
import { refuseExposedPrograms } from "./exposed_programs.ts";
import { warnOfNeighbours } from "./neighbours.ts";
import type { Change, Life, Part, Parts } from "./part.ts";
import { PidFile, refuseSecondDaemon } from "./pid_file.ts";
import { makeRunFolder } from "./run_folder.ts";
import { ServiceManager } from "./service_manager.ts";
import { ignoreDebuggerSignal, Signals } from "./signals.ts";

const RESTART = "Stop the server and start it again";

/** The table. */
export const PARTS: { readonly [Name in keyof Parts]: Part<Parts[Name]> } = {
  runFolder: {
    is: "the run folder; another daemon is refused",
    survives: "whole",
    fixed: {
      part: "files",
      text: "FWKNOP_RUN_DIR or FWKNOP_PID_FILE is another one now",
      hint: "Stop the server before you change them, and start it again",
    },
    make: openRunFolder,
    restore: (path, _, { log }) => void makeRunFolder(path, log),
  },
  // Before anything is changed, so that a signal does not leave it behind, and before other programs see the PID.
  signals: {
    is: "signals, held back until the daemon is set up",
    survives: "whole",
    make: holdSignals,
    discard: (signals) => signals[Symbol.dispose](),
    ends: "last",
  },
  pidFile: {
    is: "the lock that shows that the daemon runs",
    survives: "whole",
    make: openPidFile,
    restore: (file, settings) => file?.restore() ? settings.FWKNOP_PID_FILE : undefined,
    discard: (file) => file?.[Symbol.dispose](),
    ends: "last",
  },
  serviceManager: {
    is: "the socket to systemd",
    survives: "whole",
    make: ({ life }) => new ServiceManager(life.env("NOTIFY_SOCKET")),
    discard: (manager) => manager[Symbol.dispose](),
    ends: "last",
  },
  debuggerSignal: {
    is: "SIGUSR1, ignored",
    survives: "whole",
    make: () => ignoreDebuggerSignal(),
    discard: (ignored) => ignored[Symbol.dispose](),
    ends: "last",
  },
  // Programs and accounts of a reload need these functions after the permission to load them is dropped.
  libraries: {
    is: "functions that are loaded before permissions go",
    survives: "whole",
    make: ({ life }) => {
      prepareGuard();
      if (!life.testMode) prepareAccounts();
    },
  },
  digestFile: {
    is: "the file of digests, handed to `replay`",
    survives: "nothing",
    make: openDigestFile,
    // Without content it is the file that `replay` already has.
    discard: (file) => file?.content && file.store.close(),
  },
  names: {
    is: "whose rules are in force, for the log and fw-list",
    survives: "whole",
    make: openNames,
    restore: (names) => names.restore(),
    discard: (names) => names.close(),
    ends: "last",
  },
  capture: {
    is: "the listeners",
    survives: "unchanged",
    shapedBy: listenersOf,
    make: openCapture,
    discard: ({ capture }) => capture.close(),
    ends: "first",
  },
  firewall: {
    is: "the firewall with its ledger",
    survives: "unchanged",
    shapedBy: () => ["firewall"],
    fixed: {
      part: "firewall place",
      text: "The firewall's chains, sets or NAT switches are other ones now",
      hint: RESTART,
    },
    make: openFirewall,
    prepare: async (firewall, { config: { settings }, life, running }) => {
      if (firewall?.kind === "nft") keepSessions(settings, life);
      const inherited = await running?.parts.firewall?.ask({ name: "held" });
      await firewall?.ask({ name: "prepare", inherited });
    },
    enter: enableForwarding,
    discard: (firewall) => firewall?.ask({ name: "release" }),
    ends: "together",
    end: (firewall) => firewall?.ask({ name: "close" }),
  },
  replay: {
    is: "the memory against replays",
    survives: "reconfigured",
    make: () => new ReplayCache(),
    prepare: (replay, { config: { settings }, parts: { digestFile } }) =>
      replay.configure({ window: ageWindow(settings), opened: digestFile }, nowSeconds()),
    enter: reportDigestFile,
    restore: (replay, settings) => replay.restore(nowSeconds()) ? settings.DIGEST_FILE : undefined,
    ends: "first",
    end: (replay) => replay.close(),
  },
  cycles: {
    is: "command cycles and closes to come",
    survives: "reconfigured",
    make: openCycles,
    enter: (cycles, change) => cycles?.adopt(change.config.stanzas, commandLimitsOf(change)),
    restore: (cycles) => void cycles?.save(),
    ends: "together",
    end: (cycles, config) => cycles?.close({ closeAll: closesAll(config) }),
  },
  commands: {
    is: "what runs command messages",
    survives: "nothing",
    make: openCommands,
    ends: "together",
    // The commands got SIGTERM. They are killed two seconds later.
    end: () => allEnded("command"),
  },
  server: {
    is: "the steps of a packet, grants and gpg on their way",
    survives: "reconfigured",
    make: openServer,
    enter: (server, change) => change.running && server.adopt(serverSetup(change)),
  },
};

/** Refuses a second daemon before it makes or checks anything. */
function openRunFolder({ config: { settings }, life }: Change): string {
  if (life.isFindable) {
    refuseSecondDaemon(settings.FWKNOP_PID_FILE);
    makeRunFolder(settings.FWKNOP_RUN_DIR, life.log);
  }
  return settings.FWKNOP_RUN_DIR;
}

/** Holds signals back until the daemon is set up. This includes those that end it, so that it removes its rules. */
function holdSignals(): Signals {
  const signals = new Signals();
  signals.hold(["SIGHUP", "SIGUSR2", "SIGPROF", "SIGINT", "SIGTERM"]);
  return signals;
}

/** Takes the lock before the first log line, so that a second daemon logs only its refusal. */
function openPidFile({ config: { settings }, life }: Change): PidFile | undefined {
  const { log, testMode, isFindable } = life;
  const file = isFindable ? PidFile.acquire(settings.FWKNOP_PID_FILE) : undefined;
  for (const text of file?.warnings ?? []) log.warning(text);
  if (isFindable) warnOfNeighbours(settings.FWKNOP_PID_FILE, life.env("PIDFILE"), testMode, log);
  log.info("Starting fwknopd");
  return file;
}

function openDigestFile({ config, life, running }: Change): OpenedReplayFile | undefined {
  const { settings, stanzas } = config;
  const isUsed = settings.ENABLE_DIGEST_PERSISTENCE && !life.testMode;
  if (running === undefined && life.rotates && isUsed) {
    life.log.info("Rotating digest cache file.");
    rotateReplayFile(settings.DIGEST_FILE, ageWindow(settings), nowSeconds());
  }
  refuseExposedPrograms(stanzas);
  return isUsed ? openReplayFile(settings.DIGEST_FILE, running?.parts.replay.store) : undefined;
}

/** A daemon in test mode makes no rules, and may not write. */
function openNames({ config: { settings }, life: { testMode, log } }: Change): GrantNames {
  const path = testMode ? undefined : grantNamesPath(settings.FWKNOP_RUN_DIR);
  return new GrantNames(path, nowSeconds, (text) => log.warning(text));
}

async function openCapture(
  { config: { settings }, life, running }: Change,
): Promise<OpenedCapture> {
  const port = running && sharedPort(running.config.settings, settings);
  if (port !== undefined) {
    throw new HintedError(`The listeners change around port ${port}, which is open already`, {
      hint: RESTART,
    });
  }
  return await captureFromSettings(settings, {
    notify: captureReporter(life.log),
    testMode: life.testMode,
  });
}

/**
 * Opens the firewall. If every stanza has a command cycle, the daemon never changes the firewall (`docs/spec/server.md`
 * 11), unless it still holds grants of an earlier configuration. One firewall cannot end the grants of another.
 */
async function openFirewall(
  { config: { settings, given, stanzas }, life, running, parts: { names } }: Change,
): Promise<Firewall | undefined> {
  const before = running?.parts.firewall;
  if (before === undefined && stanzas.every(({ cycle }) => cycle !== undefined)) return undefined;
  const longest = Math.max(...stanzas.map(({ maxTimeout }) => maxTimeout));
  const use = { testMode: life.testMode, longest };
  const firewall = await firewallFromSettings(
    settings,
    given,
    firewallReporter(life.log, names),
    use,
  );
  if (before !== undefined && firewall.kind !== before.kind) {
    throw new HintedError(`The firewall changes from ${before.name} to ${firewall.name}`, {
      hint: RESTART,
    });
  }
  return firewall;
}

/**
 * A separate function makes what a part keeps for its life. Closures of one function keep alive everything that any of
 * them uses, so each part would keep the previous one alive.
 */
function captureReporter(log: DaemonLog): (notice: CaptureNotice) => void {
  return ({ severity, text }) => log[severity](text);
}

function firewallReporter(log: DaemonLog, names: GrantNames): (event: FirewallEvent) => void {
  return (event) => {
    const name = "rule" in event ? event.rule.name ?? names.nameOf(event.rule) : undefined;
    log.firewall(
      "rule" in event && name !== undefined ? { ...event, rule: { ...event.rule, name } } : event,
    );
  };
}

/** Notes whose rules they are once the firewall has them, and before the log shows their end. */
function packetReporter(log: DaemonLog, names: GrantNames): Observer {
  return (event) => {
    if (event.kind === "granted" && event.decision.name !== undefined) {
      names.note(event.decision.name, event.rules);
    }
    log.observe(event);
  };
}

/**
 * Where no rule tracked connections yet, the drop of NFT_PROTECT would meet sessions that the kernel does not know. At a
 * reload the runtime may no longer read the list of sessions.
 */
function keepSessions(
  { NFT_PROTECT: services = [] }: ServerSettings,
  { testMode, log }: Life,
): void {
  if (testMode || services.length === 0) return;
  const reason = keepSessionsOpen(services);
  if (reason !== undefined) log.warning(`Sessions that are idle now may hang: ${reason}`);
}

function enableForwarding(firewall: Firewall | undefined, { config: { settings }, life }: Change) {
  if (firewall === undefined || !natSwitches(settings).forwarding) return;
  const notices = checkForwarding(settings.ENABLE_PROC_IP_FORWARD && !life.testMode);
  for (const { severity, text } of notices) life.log[severity](text);
}

function reportDigestFile(
  { size }: ReplayCache,
  { config: { settings: { DIGEST_FILE: path } }, life: { log }, parts: { digestFile } }: Change,
): void {
  if (digestFile === undefined) return;
  for (const text of digestFile.warnings) log.warning(text);
  if (digestFile.content !== undefined) warnOfInvalidEntries(path, digestFile.content, log);
  log.debug(`Using Digest Cache: '${path}' (entry count = ${size})`);
}

function openServer(change: Change): Server {
  const { life: { log, packetLimit }, parts: { replay, names } } = change;
  return new Server(serverSetup(change), {
    observe: packetReporter(log, names),
    repeats: log.repeats,
    replay,
    now: nowSeconds,
    packetLimit,
  });
}

function serverSetup(
  { config: { settings, stanzas }, life, parts: { capture, firewall, cycles, commands } }: Change,
): ServerSetup {
  return {
    capture: capture.capture,
    firewall,
    cycles,
    commands,
    stanzas,
    placeOf: placesOnThisHost(),
    lookUp: settings.ENABLE_NAT_DNS ? lookUpHost : refuseNames,
    policy: policyFromSettings(settings, life.testMode),
  };
}
