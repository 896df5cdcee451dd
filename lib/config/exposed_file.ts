/**
 * Findings about files that somebody else can change.
 *
 * @module
 */
import type { Diagnostic } from "../errors/diagnostic.ts";
import type { Position } from "../errors/position.ts";
import type { Exposure } from "./exposure.ts";

/** The error about a file that decides, or is, what is run. @param what the word for it. */
export function exposedFile(
  what: string,
  path: string,
  exposure: Exposure,
  position?: Position,
): Diagnostic {
  return {
    severity: "error",
    code: "exposed",
    text: `[*] ${what}: '${path}' can be changed by others: ${exposure.text}`,
    ...(position && { position }),
    hint: EXPOSURE_HINT,
  };
}

/** What to do about an exposure. */
export const EXPOSURE_HINT =
  "A user who can change it decides what is done here: chown root and chmod go-w what is named";
