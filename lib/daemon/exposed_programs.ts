/**
 * Checks the programs that stanzas name, and the files that make gpg start others.
 *
 * @module
 */
import { commandWords } from "../config/command_words.ts";
import { EXPOSURE_HINT } from "../config/exposed_file.ts";
import { type Exposure, exposureOf } from "../config/exposure.ts";
import type { Stanza } from "../config/stanza.ts";
import { HintedError } from "../errors/hinted_error.ts";

/**
 * Refuses programs that another user can change: that user would run code as the daemon. gpg.conf names programs, so
 * the folder of the keys counts. Only the daemon calls this: other commands do not know which user it runs as.
 *
 * @throws {HintedError} for the first such program.
 */
export function refuseExposedPrograms(stanzas: readonly Stanza[]): void {
  // Thousands of stanzas may share one path.
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
    // It does not exist, or the daemon may not read it. Its use fails later and says why.
    return undefined;
  }
}
