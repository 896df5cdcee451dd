/**
 * The daemon's place on its host: its files, and other programs beside it.
 *
 * @module
 */
import type { ServerSettings } from "../lib/config/fwknopd_variables.ts";
import { otherDaemons } from "../lib/daemon/other_daemons.ts";
import type { PidFile } from "../lib/daemon/pid_file.ts";
import type { ReplayCache } from "../lib/server/replay_cache.ts";
import { reasonOf } from "../lib/errors/reason.ts";
import type { Context } from "./context.ts";
import { makeRunFolder } from "./run_folder.ts";
import type { ServeLog } from "./serve_log.ts";
import { nowSeconds, type OpenedSetup } from "./serve_setup.ts";

/** What keeps two programs from working together, and neither can see for itself. */
export function warnOfNeighbours(
  { FWKNOP_PID_FILE: path }: ServerSettings,
  testMode: boolean,
  log: ServeLog,
  context: Context,
): void {
  const expected = context.env("PIDFILE");
  if (expected !== undefined && expected !== path) {
    log.warning(
      `The unit has PIDFile=${expected}, and the PID file is ${path}: systemd waits for the other one`,
      `Write FWKNOP_PID_FILE ${expected} into fwknopd.conf, or PIDFile=${path} into the unit`,
    );
  }
  if (testMode) return;
  for (const pid of otherDaemons()) {
    log.warning(
      `Another daemon runs on this host (PID=${pid}): with the same chains each removes the other's rules`,
      "Give each chains of its own (IPT_INPUT_ACCESS and the like), or run one with all stanzas",
    );
  }
}

/**
 * Makes again what another program took away, whatever comes of the reload: without the lock a second daemon would
 * start, and without the digests packets would count again.
 */
export function restoreFiles(
  { config: { settings }, cycles }: OpenedSetup,
  pidFile: PidFile,
  replay: ReplayCache,
  log: ServeLog,
): void {
  const made = (path: string): void => log.warning(`${path} was taken away. It is made again`);
  try {
    makeRunFolder(settings.FWKNOP_RUN_DIR, log);
    if (pidFile.restore()) made(settings.FWKNOP_PID_FILE);
    if (replay.restore(nowSeconds())) made(settings.DIGEST_FILE);
    cycles?.save();
  } catch (error) {
    log.error(reasonOf(error));
  }
}
