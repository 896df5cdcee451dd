/**
 * The name by which the program was started.
 *
 * @module
 */
import { libcName } from "./libc.ts";
import { invocationSymbols } from "./libc_symbols.ts";
import { openLibrary } from "./library.ts";

/**
 * The last part of `argv[0]`: `fwknopd` when started through a link of that name. Deno reports the
 * program's path (`Deno.execPath()`), which is the same for every link; the C library keeps the name
 * that the caller passed. Costs about 3 ms.
 */
export function invocationName(): string {
  const symbols = openLibrary(libcName(), invocationSymbols);
  const variable = symbols.program_invocation_short_name;
  const text = variable === null
    ? symbols.getprogname?.() ?? null
    : new Deno.UnsafePointerView(variable).getPointer();
  return text === null ? "" : Deno.UnsafePointerView.getCString(text);
}
