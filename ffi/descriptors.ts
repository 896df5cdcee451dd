/**
 * Keeps open descriptors out of child processes.
 *
 * @module
 */
import { markCloseOnExec, markSymbols } from "./close_on_exec.ts";
import { libcName } from "./libc.ts";
import { openLibrary } from "./library.ts";

const descriptorSymbols = {
  close_range: {
    parameters: [
      "u32", // unsigned int first
      "u32", // unsigned int last
      "i32", // int flags
    ],
    result: "i32", // 0 or -1
    optional: true, // Linux with glibc 2.34 or newer; the kernel must be 5.11 or newer
  },
  getdtablesize: {
    parameters: [],
    result: "i32", // descriptors a process may have
  },
  ...markSymbols,
} as const satisfies Deno.ForeignLibraryInterface;

const FIRST = 3;
const LAST = 0xffffffff;
const CLOSE_RANGE_CLOEXEC = 4;
/** Limit where descriptors are marked one at a time: enough for any daemon, and takes at most 10 ms. */
const MOST = 65536;

/**
 * Returns a function that marks every descriptor except standard input, output and error close-on-exec. Libraries open
 * sockets without that mark (libpcap does), and the process that started this one may have left some open. The returned
 * function works after the `ffi` permission is dropped; this one does not.
 */
export function descriptorGuard(): () => void {
  const symbols = openLibrary(libcName(), descriptorSymbols);
  return () => {
    if (symbols.close_range?.(FIRST, LAST, CLOSE_RANGE_CLOEXEC) === 0) return;
    const end = Math.min(symbols.getdtablesize(), MOST);
    for (let descriptor = FIRST; descriptor < end; descriptor++) {
      markCloseOnExec(symbols, descriptor);
    }
  };
}
