/**
 * `--exit-parse-config` and `--exit-parse-digest-cache`: runs that look and change nothing.
 *
 * @module
 */
import { checkFilter } from "../lib/capture/check_filter.ts";
import type { ServerSettings } from "../lib/config/fwknopd_variables.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import type { Stanza } from "../lib/config/stanza.ts";
import { HintedError } from "../lib/errors/hinted_error.ts";
import { reasonOf } from "../lib/errors/reason.ts";
import { ifThere } from "../lib/files/if_there.ts";
import { readReplayText } from "../lib/server/replay_file.ts";
import { parseReplayFile } from "../lib/server/replay_file_text.ts";
import { checkRunFolder } from "./run_folder.ts";
import type { ServeLog } from "./serve_log.ts";
import { refuseExposedPrograms } from "./serve_programs.ts";

/** Whether the options ask for no more than a look at the files. */
export function isCheckOnly(options: GivenOptions): boolean {
  return options.has("exit-parse-config") || options.has("exit-parse-digest-cache");
}

/**
 * What is left of such a run when the configuration is in order.
 *
 * @throws {HintedError} when a server would not start, or the digest file cannot be read; that there is none is in order.
 */
export function checkOnly(
  options: GivenOptions,
  { settings, stanzas }: {
    readonly settings: ServerSettings;
    readonly stanzas: readonly Stanza[];
  },
  log: ServeLog,
): void {
  if (options.has("exit-parse-config")) {
    refuseExposedPrograms(stanzas);
    checkRunFolder(settings.FWKNOP_RUN_DIR);
    if (sniffs(settings)) checkFilter(settings.PCAP_FILTER);
    log.info("Configs parsed, exiting.");
    return;
  }
  const path = settings.DIGEST_FILE;
  for (const line of parseReplayFile(readDigests(path)).invalidLines) {
    log.warning(`*Skipping invalid digest file entry in ${path} at line ${line}.`);
  }
  log.info("Digest cache parsed, exiting.");
}

/** Whether packets come by libpcap, so that the filter is used. */
function sniffs({ PCAP_FILE, ENABLE_UDP_SERVER, ENABLE_NFQ_CAPTURE }: ServerSettings): boolean {
  return PCAP_FILE !== undefined || (!ENABLE_UDP_SERVER && !ENABLE_NFQ_CAPTURE);
}

function readDigests(path: string): string {
  try {
    return ifThere(() => readReplayText(path)) ?? "";
  } catch (error) {
    if (error instanceof HintedError) throw error;
    const reason = reasonOf(error);
    throw new HintedError(`Cannot use the replay file ${path}: ${reason}`, { cause: error });
  }
}
