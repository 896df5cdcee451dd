/**
 * Marking one descriptor to be closed when another program is started.
 *
 * @module
 */
import { socketSymbols } from "./libc_symbols.ts";
import { platform } from "./platform.ts";

const { fcntl_int, fcntl_int_padded } = socketSymbols;

/** What {@link markCloseOnExec} calls, for a table to take in. */
export const markSymbols = { fcntl_int, fcntl_int_padded };

const FD_CLOEXEC = 1;

/** Marks it (`F_SETFD`); 0, or -1 on an error. Can be called after the `ffi` permission is dropped. */
export function markCloseOnExec(
  symbols: Deno.DynamicLibrary<typeof markSymbols>["symbols"],
  descriptor: number,
): number {
  const { F_SETFD } = platform().number;
  if (!platform().variadicPadding) return symbols.fcntl_int(descriptor, F_SETFD, FD_CLOEXEC);
  const none = 0n;
  return symbols.fcntl_int_padded(
    descriptor,
    F_SETFD,
    none,
    none,
    none,
    none,
    none,
    none,
    FD_CLOEXEC,
  );
}
