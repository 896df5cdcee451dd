/**
 * The programs that stanzas name, and what tells them to start others.
 *
 * @module
 */
import { commandWords } from "../config/command_words.ts";
import { EXPOSURE_HINT } from "../config/exposed_file.ts";
import { type Exposure, exposureOf } from "../config/exposure.ts";
import type { Stanza } from "../config/stanza.ts";
import { HintedError } from "../errors/hinted_error.ts";

/**
 * Refuses those that another user could change: that user would run as the daemon. gpg.conf names programs, so the
 * folder of the keys counts. For the daemon itself: what it runs as is not known to others.
 *
 * @throws {HintedError}
 */
export function refuseExposedPrograms(stanzas: readonly Stanza[]): void {
  // Thousands of stanzas may share one.
  const places = new Map(stanzas.flatMap(placesOf));
  for (const [path, variable] of places) {
    const exposure = path.startsWith("/") ? exposureAt(path) : undefined;
    if (exposure === undefined) continue;
    throw new HintedError(`[*] ${variable}: '${path}' can be changed by others: ${exposure.text}`, {
      hint: EXPOSURE_HINT,
    });
  }
}

function placesOf({ gpg, cycle }: Stanza): (readonly [path: string, variable: string])[] {
  const home = gpg?.homeDirectory ?? "";
  return [
    [home, "GPG_HOME_DIR"],
    [`${home}/gpg.conf`, "GPG_HOME_DIR"],
    [gpg?.program ?? "", "GPG_EXE"],
    [commandWords(cycle?.open ?? "")[0] ?? "", "CMD_CYCLE_OPEN"],
    [commandWords(cycle?.close ?? "")[0] ?? "", "CMD_CYCLE_CLOSE"],
  ];
}

function exposureAt(path: string): Exposure | undefined {
  try {
    return exposureOf(path);
  } catch {
    // There is none, or not for us: its use fails, and says why.
    return undefined;
  }
}
