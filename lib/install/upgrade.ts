/**
 * Replaces the installed program by another version, so that it can be undone.
 *
 * @module
 */
import { bytesText } from "../crypto/bytes.ts";
import { HintedError } from "../errors/hinted_error.ts";
import { systemReasonOf } from "../errors/reason.ts";
import { runProgram } from "../exec/run.ts";
import { ifThere } from "../files/if_there.ts";
import { hiddenNameBeside } from "../files/replace_file.ts";
import { ownFolder, programPath } from "./contents.ts";
import { FileChanges } from "./file_changes.ts";
import { installedFile } from "./found.ts";
import { previousProgramPath } from "./install.ts";
import { type InstalledFile, type Manifest, manifestPath, manifestText } from "./manifest.ts";

/** Modes of a program and of a folder that all users may read. */
const [PROGRAM_MODE, FOLDER_MODE, LIST_MODE] = [0o755, 0o755, 0o644];

/** A program to put in place. */
export interface NewProgram {
  readonly version: string;
  readonly platform: string;
  readonly program: Uint8Array<ArrayBuffer>;
}

/** The part of `version --json` that counts here. */
interface Stated {
  readonly name?: unknown;
  readonly version?: unknown;
  readonly platform?: unknown;
}

/**
 * Starts the program once, from the folder where it will be, and compares what it says of itself.
 *
 * @param folder a folder that only root can change.
 * @throws {HintedError} when it does not start, or is another version than its name says.
 */
export async function tryProgram(
  folder: string,
  { version, platform, program }: NewProgram,
): Promise<void> {
  const path = hiddenNameBeside(`${folder}/fwknop`);
  try {
    Deno.writeFileSync(path, program, { createNew: true, mode: 0o700 });
    const said = await stated(path);
    const isRight = said.name === "fwknop" && said.version === version &&
      said.platform === platform;
    if (isRight) return;
    throw new HintedError(
      `The new program says that it is ${said.name} ${said.version} for ${said.platform}, and its name says fwknop ${version} for ${platform}`,
      { hint: "Nothing was changed. Report this to the maintainers of the release" },
    );
  } catch (cause) {
    if (cause instanceof HintedError) throw cause;
    throw new HintedError(`Cannot try the new program in "${folder}": ${systemReasonOf(cause)}`, {
      hint: "Nothing was changed",
      cause,
    });
  } finally {
    ifThere(() => Deno.removeSync(path));
  }
}

async function stated(path: string): Promise<Stated> {
  const ended = await runProgram("system", [path, "version", "--json"]);
  const problem = "why" in ended
    ? ended.reason
    : ended.code === 0
    ? undefined
    : bytesText(ended.stderr)?.split("\n")[0] || `exit status ${ended.code}`;
  if (problem !== undefined) {
    throw new HintedError(`The new program does not start: ${problem}`, {
      hint: "Nothing was changed",
    });
  }
  try {
    const value: unknown = JSON.parse(
      bytesText("stdout" in ended ? ended.stdout : new Uint8Array()) ?? "",
    );
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/**
 * Puts the program in place, keeps the old one beside the list of installed files, and notes both in that list. The
 * caller keeps the changes or undoes them.
 *
 * @param manifest the list; absent where the program was not installed by `fwknop install`.
 * @throws {HintedError} when a file cannot be changed; everything is then as before.
 */
export async function replaceProgram(
  root: string,
  prefix: string,
  manifest: Manifest | undefined,
  { version, program }: NewProgram,
): Promise<FileChanges> {
  const target = programPath(prefix);
  const previous = previousProgramPath(prefix);
  const changes = new FileChanges();
  let path = root + target;
  try {
    const old = Deno.readFileSync(path);
    path = root + ownFolder(prefix);
    if (ifThere(() => Deno.statSync(path)) === undefined) changes.makeFolder(path, FOLDER_MODE);
    path = root + previous;
    changes.writeFile(path, old, PROGRAM_MODE);
    path = root + target;
    changes.writeFile(path, program, PROGRAM_MODE);
    if (manifest !== undefined) {
      path = root + manifestPath(prefix);
      const entries = await Promise.all([
        entryOf(target, program),
        entryOf(previous, old),
      ]);
      const text = manifestText({ ...manifest, version, files: withEntries(manifest, entries) });
      changes.writeFile(path, new TextEncoder().encode(text), LIST_MODE);
    }
    return changes;
  } catch (cause) {
    changes.undo();
    throw new HintedError(`Cannot write "${path}": ${systemReasonOf(cause)}`, {
      hint: "Nothing was changed",
      cause,
    });
  }
}

async function entryOf(path: string, content: Uint8Array<ArrayBuffer>): Promise<InstalledFile> {
  return await installedFile({ kind: "file", path, content, mode: PROGRAM_MODE });
}

function withEntries(
  { files }: Manifest,
  entries: readonly InstalledFile[],
): readonly InstalledFile[] {
  const paths = entries.map(({ path }) => path);
  return [...files.filter(({ path }) => !paths.includes(path)), ...entries];
}
