/**
 * The name by which the program was started. It decides between our subcommands and the C daemon's command line
 * (`docs/spec/server.md` 3).
 *
 * @module
 */
import { invocationName } from "../../ffi/invocation_name.ts";

/** The last part of the name that the caller used, `fwknopd` through a link; empty if unknown. */
export function programName(): string {
  try {
    return invocationName();
  } catch {
    // Windows, or another C library than glibc. There, links named fwknopd are not supported.
    return "";
  }
}
