/**
 * The name by which the program was started. It decides between our subcommands and the C daemon's command line
 * (`docs/spec/server.md` 3).
 *
 * @module
 */
import { invocationName } from "../../ffi/invocation_name.ts";

/** The last part of the name the caller used, `fwknopd` through a link; empty where unknown. */
export function programName(): string {
  try {
    return invocationName();
  } catch {
    // Windows, or another C library than glibc: no links are named fwknopd there.
    return "";
  }
}
