/**
 * Keeps the descriptors of this process out of the programs it starts.
 *
 * @module
 */
import { descriptorGuard } from "../../ffi/descriptors.ts";

let guard: (() => void) | undefined;

/**
 * Loads what {@link guardDescriptors} calls; to be called before the permission to load libraries is dropped.
 *
 * @throws {LibraryUnavailable} where the C library cannot be loaded.
 */
export function prepareGuard(): void {
  const hasDescriptors = Deno.build.os === "linux" || Deno.build.os === "darwin";
  guard ??= hasDescriptors ? descriptorGuard() : () => {};
}

/** Marks every descriptor but the standard ones to be closed when another program is started. */
export function guardDescriptors(): void {
  if (guard === undefined) prepareGuard();
  guard?.();
}
