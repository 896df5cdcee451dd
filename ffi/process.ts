/**
 * Calls about the process itself that Deno does not offer.
 *
 * @module
 */
import { check, libcName } from "./libc.ts";
import { processSymbols } from "./libc_symbols.ts";
import { openLibrary } from "./library.ts";

let library: ReturnType<typeof openLibrary<typeof processSymbols>> | undefined;

function symbols(): NonNullable<typeof library> {
  return library ??= openLibrary(libcName(), processSymbols);
}

/**
 * Leaves the session and the terminal of the caller (`setsid(2)`).
 *
 * @throws {SystemError} when the process leads a process group already.
 */
export function startSession(): void {
  check(symbols().setsid(), "setsid");
}

/** Sets the mask of permission bits new files do not get; returns the one before. */
export function setFileModeMask(mask: number): number {
  return symbols().umask(mask);
}
