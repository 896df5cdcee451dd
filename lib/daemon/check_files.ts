/**
 * Checks the files that a daemon would start with, and changes nothing.
 *
 * @module
 */
import { checkFilter } from "../capture/check_filter.ts";
import type { ServerSettings } from "../config/fwknopd_variables.ts";
import { listenersOf } from "../config/listeners.ts";
import type { LoadedServerConfig } from "../config/server_config.ts";
import { HintedError } from "../errors/hinted_error.ts";
import { reasonOf } from "../errors/reason.ts";
import { ifThere } from "../files/if_there.ts";
import { readReplayText } from "../server/replay_file.ts";
import { parseReplayFile, type ReplayFileContent } from "../server/replay_file_text.ts";
import type { DaemonLog } from "./daemon_log.ts";
import { refuseExposedPrograms } from "./exposed_programs.ts";
import { checkRunFolder } from "./run_folder.ts";

/**
 * Does `--exit-parse-config`, after the files were read.
 *
 * @throws {HintedError} when a daemon would not start with them.
 */
export function checkConfig({ settings, stanzas }: LoadedServerConfig, log: DaemonLog): void {
  refuseExposedPrograms(stanzas);
  checkRunFolder(settings.FWKNOP_RUN_DIR);
  if (listenersOf(settings)[0] === "sniffer") checkFilter(settings.PCAP_FILTER);
  log.info("Configs parsed, exiting.");
}

/**
 * Does `--exit-parse-digest-cache`. A missing digest file is allowed.
 *
 * @throws {HintedError} when the digest file cannot be read.
 */
export function checkDigestFile({ DIGEST_FILE }: ServerSettings, log: DaemonLog): void {
  warnOfInvalidEntries(DIGEST_FILE, parseReplayFile(readDigests(DIGEST_FILE)), log);
  log.info("Digest cache parsed, exiting.");
}

/** Logs the lines of a digest file that are not entries. */
export function warnOfInvalidEntries(
  path: string,
  { invalidLines }: ReplayFileContent,
  log: DaemonLog,
): void {
  for (const line of invalidLines) {
    log.warning(`*Skipping invalid digest file entry in ${path} at line ${line}.`);
  }
}

function readDigests(path: string): string {
  try {
    return ifThere(() => readReplayText(path)) ?? "";
  } catch (error) {
    if (error instanceof HintedError) throw error;
    throw new HintedError(`Cannot use the replay file ${path}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}
