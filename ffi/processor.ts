/**
 * Yields the processor to another thread.
 *
 * @module
 */
import { libcName } from "./libc.ts";
import { processorSymbols } from "./libc_symbols.ts";
import { openLibrary } from "./library.ts";

let library: ReturnType<typeof openLibrary<typeof processorSymbols>> | undefined;

/**
 * Prepares `sched_yield`. The returned function lets another thread that is ready run on this processor first. It works
 * after the `ffi` permission is dropped. It does nothing where C functions cannot be called.
 */
export function prepareYield(): () => void {
  try {
    const { sched_yield } = library ??= openLibrary(libcName(), processorSymbols);
    return () => void sched_yield();
  } catch {
    return () => {};
  }
}
