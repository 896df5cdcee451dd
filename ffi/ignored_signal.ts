/**
 * Ignores a signal: the kernel discards it and runs no handler.
 *
 * @module
 */
import { libcName } from "./libc.ts";
import { signalSymbols } from "./libc_symbols.ts";
import { openLibrary } from "./library.ts";
import { isLinux } from "./platform.ts";

/** Linux, and 4.4BSD and its descendants. */
const SIGUSR1 = isLinux ? 10 : 30;
/** `SIG_IGN` is the number 1, not an address. */
const SIG_IGN = 1n;

let library: ReturnType<typeof openLibrary<typeof signalSymbols>> | undefined;

/**
 * Prepares `signal(SIGUSR1, SIG_IGN)`. The returned function replaces any handler of the signal. It works after the
 * `ffi` permission is dropped.
 */
export function prepareToIgnoreUsr1(): () => void {
  const { signal } = library ??= openLibrary(libcName(), signalSymbols);
  const ignore = Deno.UnsafePointer.create(SIG_IGN);
  return () => void signal(SIGUSR1, ignore);
}
