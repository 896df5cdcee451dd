/**
 * Signals that a process does not hear at all.
 *
 * @module
 */
import { libcName } from "./libc.ts";
import { signalSymbols } from "./libc_symbols.ts";
import { openLibrary } from "./library.ts";
import { isLinux } from "./platform.ts";

/** Linux, and 4.4BSD and its descendants. */
const SIGUSR1 = isLinux ? 10 : 30;
/** `SIG_IGN` is no address but the number 1. */
const SIG_IGN = 1n;

let library: ReturnType<typeof openLibrary<typeof signalSymbols>> | undefined;

/**
 * Prepares `signal(SIGUSR1, SIG_IGN)`: what is returned takes the signal away from whoever listens to it, and can be
 * called after the `ffi` permission was dropped.
 */
export function prepareToIgnoreUsr1(): () => void {
  const { signal } = library ??= openLibrary(libcName(), signalSymbols);
  const ignore = Deno.UnsafePointer.create(SIG_IGN);
  return () => void signal(SIGUSR1, ignore);
}
