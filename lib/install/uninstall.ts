/**
 * Removes what `fwknop install` installed, and nothing else.
 *
 * @module
 */
import { HintedError } from "../errors/hinted_error.ts";
import { systemReasonOf } from "../errors/reason.ts";
import { ifThere } from "../files/if_there.ts";
import { FileChanges } from "./file_changes.ts";
import { findAt, isAsInstalled } from "./found.ts";
import { type Manifest, manifestPath } from "./manifest.ts";

/** Why a file stays. `changed`: since it was installed. `before`: it was there before the installation. */
export type KeepReason = "changed" | "before";

/** What happens to one path, without the root. */
export type RemovalStep =
  | { readonly action: "remove"; readonly path: string }
  | { readonly action: "keep"; readonly path: string; readonly why: KeepReason };

/** Decides what happens to each file. Changes nothing. */
export async function planRemoval(
  root: string,
  prefix: string,
  manifest: Manifest,
): Promise<RemovalStep[]> {
  const steps: RemovalStep[] = [];
  for (const file of manifest.files) {
    const { path } = file;
    const found = await findAt(root + path);
    if (found.kind === "missing") continue;
    if (file.before) steps.push({ action: "keep", path, why: "before" });
    else if (isAsInstalled(found, file)) steps.push({ action: "remove", path });
    else steps.push({ action: "keep", path, why: "changed" });
  }
  return [...steps, { action: "remove", path: manifestPath(prefix) }];
}

/**
 * Removes the files, and then the folders that the installation made, unless something is in them.
 *
 * @returns the folders that stay, because something is in them.
 * @throws {HintedError} when a file cannot be removed; all files are then there as before.
 */
export function carryOutRemoval(
  root: string,
  steps: readonly RemovalStep[],
  manifest: Manifest,
): string[] {
  const changes = new FileChanges();
  for (const { action, path } of steps) {
    if (action === "keep") continue;
    try {
      changes.remove(root + path);
    } catch (cause) {
      changes.undo();
      throw new HintedError(`Cannot remove "${root}${path}": ${systemReasonOf(cause)}`, {
        hint: "Nothing was removed",
        cause,
      });
    }
  }
  changes.keep();
  return manifest.folders.toReversed().filter((path) => !removeFolder(root + path)).toReversed();
}

/** Removes an empty folder; returns false if it stays. Another folder in its place stays silently. */
function removeFolder(path: string): boolean {
  const info = ifThere(() => Deno.lstatSync(path));
  if (info === undefined || !info.isDirectory) return true;
  try {
    Deno.removeSync(path);
    return true;
  } catch {
    return false;
  }
}
