/**
 * Installs the program: decides first what happens to each path, then carries it out as one change.
 *
 * @module
 */
import { HintedError } from "../errors/hinted_error.ts";
import { systemReasonOf } from "../errors/reason.ts";
import { ifThere } from "../files/if_there.ts";
import { VERSION } from "../version.ts";
import { type InstalledItem, ownFolder, programPath } from "./contents.ts";
import { FileChanges } from "./file_changes.ts";
import { findAt, installedFile, isAsInstalled } from "./found.ts";
import {
  type InstalledFile,
  type Manifest,
  manifestPath,
  manifestText,
  readManifest,
} from "./manifest.ts";

/** What an installation is given. */
export interface InstallRequest {
  /** The packager's root, without a slash at the end; an empty text for this host. */
  readonly root: string;
  readonly prefix: string;
  readonly items: readonly InstalledItem[];
  /** Overwrite files that the installation did not put there, or that were changed since. */
  readonly replace: boolean;
}

/**
 * What happens to a path. `same`: it is as it must be. `keep`: the administrator changed it since it was installed, and
 * it stays. `forget`: the same for a file that this version does not have.
 */
export type Action = "make" | "write" | "replace" | "remove" | "same" | "keep" | "forget";

/** One path, without the root. */
export interface InstallStep {
  readonly action: Action;
  readonly path: string;
  readonly item?: InstalledItem;
}

/** A decided installation. */
export interface InstallPlan {
  readonly steps: readonly InstallStep[];
  readonly manifest: Manifest;
}

/** The copy of the program that `upgrade` keeps. */
export function previousProgramPath(prefix: string): string {
  return `${ownFolder(prefix)}/fwknop.old`;
}

/**
 * Decides what happens to each path. Changes nothing.
 *
 * @throws {HintedError} when other files are in the way, or a folder leads out of the root.
 */
export async function planInstallation(request: InstallRequest): Promise<InstallPlan> {
  const { root, prefix, items } = request;
  const old = readManifest(root, prefix);
  const known = new Map(old?.files.map((file) => [file.path, file]));
  const folders = new FolderPlan(root, old?.folders ?? []);
  const steps: InstallStep[] = [];
  const files: InstalledFile[] = [];
  const inTheWay: string[] = [];
  for (const item of items) {
    if (item.kind === "folder") {
      folders.need(item.path, item.mode);
      continue;
    }
    folders.need(parentOf(item.path));
    const wanted = await installedFile(item);
    const before = known.get(item.path);
    known.delete(item.path);
    const action = await decide(request, wanted, before);
    if (action === "in the way") inTheWay.push(item.path);
    else {
      steps.push({ action, path: item.path, item });
      files.push(entryFor(action, wanted, before));
    }
  }
  folders.need(ownFolder(prefix));
  inTheWay.push(...folders.inTheWay);
  if (inTheWay.length > 0) throw inTheWayError(inTheWay, root);
  for (const file of known.values()) {
    if (file.path === previousProgramPath(prefix)) files.push(file);
    else {
      const found = await findAt(root + file.path);
      if (found.kind === "missing") continue;
      const action = isAsInstalled(found, file) && !file.before ? "remove" : "forget";
      steps.push({ action, path: file.path });
    }
  }
  return {
    steps: [...folders.steps, ...steps],
    manifest: { version: VERSION, files, folders: folders.made },
  };
}

async function decide(
  { root, prefix, replace }: InstallRequest,
  wanted: InstalledFile,
  before: InstalledFile | undefined,
): Promise<Action | "in the way"> {
  const found = await findAt(root + wanted.path);
  if (found.kind === "missing") return "write";
  if (isAsInstalled(found, wanted)) return "same";
  if (found.kind === "folder" || found.kind === "other") return "in the way";
  if (replace || (before !== undefined && isAsInstalled(found, before))) return "replace";
  // A program that is not this one must not stay as the program of this installation.
  return before === undefined || wanted.path === programPath(prefix) ? "in the way" : "keep";
}

function entryFor(
  action: Action,
  wanted: InstalledFile,
  before: InstalledFile | undefined,
): InstalledFile {
  if (action === "keep" && before !== undefined) return before;
  const wasThere = action === "same" && (before === undefined || before.before === true);
  return wasThere ? { ...wanted, before: true } : wanted;
}

function inTheWayError(paths: readonly string[], root: string): HintedError {
  const list = paths.map((path) => `"${root}${path}"`).join(", ");
  return new HintedError(`fwknop install did not put these files there: ${list}`, {
    hint: "Move them away; --replace overwrites files, and uninstall then removes them",
  });
}

/** Carries a plan out. Undoes everything when a step fails. */
export function carryOut({ root, prefix }: InstallRequest, plan: InstallPlan): void {
  const changes = new FileChanges();
  let path = "";
  try {
    for (const step of plan.steps) {
      path = root + step.path;
      carryOutStep(changes, path, step);
    }
    path = root + manifestPath(prefix);
    const text = new TextEncoder().encode(manifestText(plan.manifest));
    if (!isSameFile(path, text)) changes.writeFile(path, text, 0o644);
  } catch (cause) {
    const left = changes.undo();
    throw new HintedError(`Cannot install "${path}": ${systemReasonOf(cause)}`, {
      hint: left.length === 0
        ? "Nothing was changed"
        : `Some changes could not be undone: ${left.map(systemReasonOf).join("; ")}`,
      cause,
    });
  }
  changes.keep();
}

function carryOutStep(changes: FileChanges, path: string, { action, item }: InstallStep): void {
  if (action === "remove") return changes.remove(path);
  if (action !== "make" && action !== "write" && action !== "replace") return;
  if (item?.kind === "folder") changes.makeFolder(path, item.mode);
  if (item?.kind === "file") changes.writeFile(path, item.content, item.mode);
  if (item?.kind === "link") changes.makeLink(path, item.target);
}

function isSameFile(path: string, content: Uint8Array): boolean {
  const found = ifThere(() => Deno.readFileSync(path));
  return found !== undefined && found.length === content.length &&
    found.every((byte, index) => byte === content[index]);
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** The mode of folders in which the installation puts files. */
const FOLDER_MODE = 0o755;

/** The folders that an installation needs, those that are missing, and those that it made before. */
class FolderPlan {
  readonly steps: InstallStep[] = [];
  readonly made: string[];
  readonly inTheWay: string[] = [];
  readonly #root: string;
  readonly #seen = new Set<string>();

  constructor(root: string, madeBefore: readonly string[]) {
    this.#root = root;
    this.made = [...madeBefore];
  }

  /** A folder with all that hold it. `mode` is that of the last one, where it is made. */
  need(path: string, mode: number = FOLDER_MODE): void {
    if (path === "" || this.#seen.has(path)) return;
    this.#seen.add(path);
    this.need(parentOf(path));
    const info = ifThere(() => Deno.statSync(this.#root + path));
    if (info === undefined) {
      if (ifThere(() => Deno.lstatSync(this.#root + path)) !== undefined) this.inTheWay.push(path);
      this.steps.push({ action: "make", path, item: { kind: "folder", path, mode } });
      if (!this.made.includes(path)) this.made.push(path);
    } else if (!info.isDirectory) this.inTheWay.push(path);
    else this.#refuseEscape(path);
  }

  /** In a packager's root a link such as `/usr/lib -> /lib` would lead to the files of this host. */
  #refuseEscape(path: string): void {
    if (this.#root === "") return;
    const root = Deno.realPathSync(this.#root);
    const real = Deno.realPathSync(this.#root + path);
    if (real === root || real.startsWith(`${root}/`)) return;
    throw new HintedError(`"${this.#root}${path}" leads out of --root, to "${real}"`, {
      hint: "Make the link relative, or run fwknop install inside that root (chroot)",
    });
  }
}
