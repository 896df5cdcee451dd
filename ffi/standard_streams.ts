/**
 * Letting go of the terminal.
 *
 * @module
 */
import { check, libcName, toCString } from "./libc.ts";
import { streamSymbols } from "./libc_symbols.ts";
import { openLibrary } from "./library.ts";
import { isLinux, platform } from "./platform.ts";

/**
 * Puts `/dev/null` in the place of standard input, output and error. Closing them instead would give
 * their numbers to the next files opened, and a stray print would end up in one of those.
 *
 * Deno holds copies of the streams under other numbers for good, and whoever reads the other end would wait
 * for them; on Linux they are found and replaced too.
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
      // Closed, as the descriptor of the listing itself is by now.
      return undefined;
    }
  };
  const standard = new Set([0, 1, 2].map(target));
  standard.delete(undefined);
  return [...Deno.readDirSync(folder)].map(({ name }) => Number(name))
    .filter((descriptor) => descriptor > 2 && standard.has(target(descriptor)));
}
