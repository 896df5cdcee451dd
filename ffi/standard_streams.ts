/**
 * Detaches the process from the terminal.
 *
 * @module
 */
import { check, libcName, toCString } from "./libc.ts";
import { streamSymbols } from "./libc_symbols.ts";
import { openLibrary } from "./library.ts";
import { isLinux, platform } from "./platform.ts";

/**
 * Replaces standard input, output and error by `/dev/null`. If they were closed instead, the next files
 * to be opened would get their numbers, and a stray print would be written into one of those files.
 *
 * Deno keeps copies of the streams under other numbers. The process that reads the other end would wait
 * for those copies to close. On Linux they are found and replaced too.
 *
 * @throws {SystemError} when `/dev/null` cannot be opened.
 */
export function silenceStandardStreams(): void {
  const { open, dup2, close } = openLibrary(libcName(), streamSymbols);
  const nothing = check(open(toCString("/dev/null"), platform().number.O_RDWR), "open");
  for (const stream of [...copiesOfStandardStreams(), 0, 1, 2]) {
    check(dup2(nothing, stream), "dup2");
  }
  if (nothing > 2) close(nothing);
}

function copiesOfStandardStreams(): number[] {
  if (!isLinux) return [];
  const folder = "/proc/self/fd";
  const target = (descriptor: number | string): string | undefined => {
    try {
      return Deno.readLinkSync(`${folder}/${descriptor}`);
    } catch {
      // Already closed, like the descriptor of this listing.
      return undefined;
    }
  };
  const standard = new Set([0, 1, 2].map(target));
  standard.delete(undefined);
  return [...Deno.readDirSync(folder)].map(({ name }) => Number(name))
    .filter((descriptor) => descriptor > 2 && standard.has(target(descriptor)));
}
