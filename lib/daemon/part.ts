/**
 * What the daemon is made of, and what the table of its parts says of each (`parts.ts`).
 *
 * @module
 */
import type { OpenedCapture } from "../capture/listener.ts";
import type { CommandCycles } from "../command/command_cycles.ts";
import type { CommandRunner } from "../command/command_runner.ts";
import type { ServerPart, ServerSettings } from "../config/fwknopd_variables.ts";
import type { LoadedServerConfig } from "../config/server_config.ts";
import type { Firewall } from "../firewall/firewall.ts";
import type { GrantNames } from "../firewall/grant_names.ts";
import type { ReplayCache } from "../server/replay_cache.ts";
import type { OpenedReplayFile } from "../server/replay_file.ts";
import type { Server } from "../server/server.ts";
import type { DaemonLog } from "./daemon_log.ts";
import type { PidFile } from "./pid_file.ts";
import type { ServiceManager } from "./service_manager.ts";
import type { Signals } from "./signals.ts";

/** The parts of a daemon. */
export interface Parts {
  /** Its path. */
  readonly runFolder: string;
  readonly signals: Signals;
  readonly pidFile: PidFile | undefined;
  readonly serviceManager: ServiceManager;
  readonly debuggerSignal: Disposable;
  readonly libraries: void;
  /** Absent in test mode, and without persistence. The memory of packets takes it over. */
  readonly digestFile: OpenedReplayFile | undefined;
  readonly names: GrantNames;
  readonly capture: OpenedCapture;
  /** Absent if every stanza has a command cycle. */
  readonly firewall: Firewall | undefined;
  readonly replay: ReplayCache;
  /** Absent in test mode. */
  readonly cycles: CommandCycles | undefined;
  /** Absent in test mode. */
  readonly commands: CommandRunner | undefined;
  readonly server: Server;
}

/** Values that do not change in the life of the process. */
export interface Life {
  /** The daemon does everything except changing the firewall and running commands. */
  readonly testMode: boolean;
  /**
   * The daemon has a run folder and a PID file, which other commands use to find it. In test mode on a terminal it has
   * neither.
   */
  readonly isFindable: boolean;
  /** At the start, the daemon renames the file of digests and begins a new one. */
  readonly rotates: boolean;
  /** End after this many packets, valid or not; 0 is no limit. */
  readonly packetLimit: number;
  /** The user of the process. */
  readonly uid: number;
  readonly log: DaemonLog;
  /** A variable of the environment; only at the start. */
  readonly env: (name: string) => string | undefined;
  /** Aborted when the daemon ends. */
  readonly ending: AbortSignal;
}

/** A running daemon and its configuration. */
export interface Running {
  readonly config: LoadedServerConfig;
  readonly parts: Parts;
}

/** A change to a new configuration, at the start or at a reload. */
export interface Change {
  readonly config: LoadedServerConfig;
  readonly life: Life;
  /** What runs before the change; absent at the start. */
  readonly running: Running | undefined;
  /** The parts of the new configuration. A row finds those above it here. */
  readonly parts: Parts;
}

/**
 * What of a part survives a reload:
 * - `whole`: it stays as it is.
 * - `reconfigured`: it stays, and its `prepare` or `enter` gives it the new configuration.
 * - `unchanged`: it stays as long as the variables of its parts of the settings do; otherwise it is replaced.
 * - `nothing`: it is made anew.
 */
export type Survival = "whole" | "reconfigured" | "unchanged" | "nothing";

/**
 * When a part ends:
 * - `first`: one after the other, in the order of the table. These parts receive packets.
 * - `together`: at the same time, begun in the reverse order. These parts hold what packets caused.
 * - `last`: one after the other, in the reverse order. These parts show that the daemon runs.
 */
export type Ending = "first" | "together" | "last";

/** One row. A change goes through the columns from `make` to `enter`, one after the other, each for all rows. */
export interface Part<Value> {
  /** Description for the table in `docs/architecture.md`. */
  readonly is: string;
  readonly survives: Survival;
  /** For `unchanged`: the parts of the settings (`lib/config/variable.ts`). */
  readonly shapedBy?: (settings: ServerSettings) => readonly ServerPart[];
  /** What no reload can change while the part is there: it is refused with this text. */
  readonly fixed?: { readonly part: ServerPart; readonly text: string; readonly hint: string };
  /** Opens the part. If it fails, nothing of the change remains. */
  readonly make: (change: Change) => Value | Promise<Value>;
  /**
   * What can fail and cannot be undone, for a part that was made or is reconfigured. Nothing runs between the last one
   * and `enter`.
   */
  readonly prepare?: (value: Value, change: Change) => void | Promise<void>;
  /**
   * Takes part from now on. Must not fail.
   *
   * @returns when what it replaces is needed no longer.
   */
  readonly enter?: (value: Value, change: Change) => void | Promise<void>;
  /** Makes a file again that another program removed. @returns its path, or `undefined` if it was not missing. */
  readonly restore?: (value: Value, settings: ServerSettings, life: Life) => string | undefined;
  /** Releases a part that is not used, or was replaced. */
  readonly discard?: (value: Value) => void | Promise<void>;
  readonly ends?: Ending;
  /** Ends it with the daemon; absent: as `discard` does. */
  readonly end?: (value: Value, config: LoadedServerConfig) => void | Promise<void>;
}
