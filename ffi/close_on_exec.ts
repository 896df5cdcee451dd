/**
 * Marks one descriptor close-on-exec: the kernel closes it when another program is started.
 *
 * @module
 */
import { socketSymbols } from "./libc_symbols.ts";
import { platform } from "./platform.ts";

const { fcntl_int, fcntl_int_padded } = socketSymbols;

/** The functions that {@link markCloseOnExec} calls; other symbol tables include them. */
export const markSymbols = { fcntl_int, fcntl_int_padded };

const FD_CLOEXEC = 1;

/** Marks the descriptor (`F_SETFD`). Returns 0, or -1 on an error. Works after the `ffi` permission is dropped. */
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
