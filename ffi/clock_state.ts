/**
 * Whether the kernel considers its clock synchronized.
 *
 * @module
 */
import { libcName } from "./libc.ts";
import { openLibrary } from "./library.ts";

const clockSymbols = {
  adjtimex: {
    parameters: [
      "buffer", // struct timex *buf; modes 0 changes nothing
    ],
    result: "i32", // clock state, or -1
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** `sizeof(struct timex)` of 64-bit Linux is 208. */
const TIMEX_SIZE = 256;
/** TIME_ERROR: the clock is not synchronized (`adjtimex(2)`). */
const UNSYNCHRONIZED = 5;

/**
 * Whether a program such as an NTP client keeps the clock synchronized. `undefined` where the system does not say; only
 * Linux is asked.
 */
export function isClockKept(): boolean | undefined {
  if (Deno.build.os !== "linux") return undefined;
  const { adjtimex } = openLibrary(libcName(), clockSymbols);
  const state = adjtimex(new Uint8Array(TIMEX_SIZE));
  return state < 0 ? undefined : state !== UNSYNCHRONIZED;
}
