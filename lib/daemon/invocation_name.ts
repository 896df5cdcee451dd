/**
 * Under which name the program was started: what decides between our subcommands and the C daemon's
 * command line (`docs/spec/server.md` 3).
 *
 * @module
 */
import { invocationName } from "../../ffi/invocation_name.ts";

/** The last part of the name the caller used, `fwknopd` through a link; empty where unknown. */
export function programName(): string {
  try {
    return invocationName();
  } catch {
    // Windows, or a C library that is not glibc: there are no links named fwknopd there.
    return "";
  }
}
