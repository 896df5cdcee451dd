/**
 * Opens shared libraries. No other file calls `Deno.dlopen`.
 *
 * @module
 */

/** Where a library may be found, and a hint for the user when it is missing. */
export interface LibraryName {
  /** File names for the dynamic loader, best first. */
  readonly candidates: readonly string[];
  /** One sentence that names the package. */
  readonly hint: string;
}

/** A library is not on this machine, or lacks a function. */
export class LibraryUnavailable extends Error {
  override readonly name = "LibraryUnavailable";
  /** @param hint names the package. */
  constructor(message: string, readonly hint: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** The library may be on this machine, but this program dropped the permission to load one. */
export class LibraryTooLate extends LibraryUnavailable {}

/**
 * Opens the first candidate that loads.
 *
 * @throws {LibraryUnavailable} with the library and the package that contains it.
 * @throws {LibraryTooLate} after `ffi` was dropped.
 */
export function openLibrary<const Symbols extends Deno.ForeignLibraryInterface>(
  library: LibraryName,
  symbols: Symbols,
): Deno.DynamicLibrary<Symbols>["symbols"] {
  let cause: unknown;
  for (const candidate of library.candidates) {
    try {
      return Deno.dlopen(candidate, symbols).symbols;
    } catch (error) {
      cause = error;
    }
  }
  if (cause instanceof Deno.errors.NotCapable) {
    throw new LibraryTooLate(
      `${library.candidates[0]} can only be loaded at the start of the server, so restart it`,
      "Stop the server and start it again; a reload is not enough",
      { cause },
    );
  }
  throw new LibraryUnavailable(
    `${library.candidates[0]} cannot be loaded: ${messageOf(cause)}`,
    library.hint,
    { cause },
  );
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
