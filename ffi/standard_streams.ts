/**
 * Letting go of the terminal.
 *
 * @module
 */
import { check, libcName, toCString } from "./libc.ts";
import { streamSymbols } from "./libc_symbols.ts";
import { openLibrary } from "./library.ts";
import { platform } from "./platform.ts";

/**
 * Puts `/dev/null` in the place of standard input, output and error. Closing them instead would give
 * their numbers to the next files opened, and a stray print would end up in one of those.
 *
 * @throws {SystemError} when `/dev/null` cannot be opened.
 */
export function silenceStandardStreams(): void {
  const { open, dup2, close } = openLibrary(libcName(), streamSymbols);
  const nothing = check(open(toCString("/dev/null"), platform().number.O_RDWR), "open");
  for (const stream of [0, 1, 2]) check(dup2(nothing, stream), "dup2");
  if (nothing > 2) close(nothing);
}
