/**
 * Keeps the descriptors of this process out of the programs that it starts.
 *
 * @module
 */
import { descriptorGuard } from "../../ffi/descriptors.ts";

let guard: (() => void) | undefined;

/**
 * Loads the functions of {@link guardDescriptors}. Call it before the permission to load libraries is dropped.
 *
 * @throws {LibraryUnavailable} where the C library cannot be loaded.
 */
export function prepareGuard(): void {
  const hasDescriptors = Deno.build.os === "linux" || Deno.build.os === "darwin";
  guard ??= hasDescriptors ? descriptorGuard() : () => {};
}

/** Marks every descriptor except the standard streams close-on-exec. */
export function guardDescriptors(): void {
  if (guard === undefined) prepareGuard();
  guard?.();
}
