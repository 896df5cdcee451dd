/**
 * Errors about files that an untrusted user can change.
 *
 * @module
 */
import type { Diagnostic } from "../errors/diagnostic.ts";
import type { Position } from "../errors/position.ts";
import type { Exposure } from "./exposure.ts";

/**
 * The error about an exposed file that decides which commands run, or is run itself. @param what name of the file in
 * the message.
 */
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

/** How to remove an exposure. */
export const EXPOSURE_HINT =
  "chown root and chmod go-w the file or folder named above: a user who can change it controls this program";
