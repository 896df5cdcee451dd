/**
 * The list of what `fwknop install` put where. `fwknop uninstall` removes what it names and nothing else.
 *
 * @module
 */
import { HintedError } from "../errors/hinted_error.ts";
import { reasonOf } from "../errors/reason.ts";
import { ifThere } from "../files/if_there.ts";
import { toJson } from "../one_line.ts";
import { ownFolder } from "./contents.ts";

/** A file or a link as it was installed. */
export interface InstalledFile {
  readonly path: string;
  /** SHA-256 of the content in hexadecimal; of a link, `-> ` and its target. */
  readonly content: string;
  /** Permission bits. Absent for a link. */
  readonly mode?: number;
  /** It was there before the first installation, with the same content. It stays. */
  readonly before?: true;
}

/** The content of the list. Paths are absolute, without the root of a packager. */
export interface Manifest {
  /** Version of the program that wrote it. */
  readonly version: string;
  readonly files: readonly InstalledFile[];
  /** Folders that the installation made, each after the folder that holds it. */
  readonly folders: readonly string[];
}

/** The path of the list. */
export function manifestPath(prefix: string): string {
  return `${ownFolder(prefix)}/installed.json`;
}

/** The text of the list. */
export function manifestText(manifest: Manifest): string {
  return `${toJson(manifest, 2)}\n`;
}

/**
 * Reads the list of an installation; `undefined` where nothing was installed.
 *
 * @param root the packager's root, or an empty text.
 * @throws {HintedError} when it cannot be read, or is not such a list.
 */
export function readManifest(root: string, prefix: string): Manifest | undefined {
  const path = root + manifestPath(prefix);
  try {
    const text = ifThere(() => Deno.readTextFileSync(path));
    return text === undefined ? undefined : parseManifest(text);
  } catch (error) {
    throw new HintedError(`Cannot read the list of installed files "${path}": ${reasonOf(error)}`, {
      hint: "Move it away and run fwknop install --replace to make it again",
      cause: error,
    });
  }
}

/** Reads the text of a list. Throws a {@link SyntaxError} or a {@link TypeError} for any other text. */
export function parseManifest(text: string): Manifest {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value)) throw new TypeError("it is not a JSON object");
  const { version, files, folders } = value;
  if (typeof version !== "string") throw new TypeError("version must be a text");
  if (!Array.isArray(files)) throw new TypeError("files must be a list");
  if (!Array.isArray(folders)) throw new TypeError("folders must be a list");
  return { version, files: files.map(readFile), folders: folders.map(readPath) };
}

function readFile(value: unknown): InstalledFile {
  if (!isRecord(value)) throw new TypeError("each of the files must be an object");
  const path = readPath(value.path);
  const { content, mode, before } = value;
  if (typeof content !== "string" || !/^(?:[0-9a-f]{64}$|-> .)/.test(content)) {
    throw new TypeError(`content of ${path} must be a SHA-256 or a link`);
  }
  if (
    mode !== undefined && !(Number.isInteger(mode) && 0 <= Number(mode) && Number(mode) <= 0o7777)
  ) {
    throw new TypeError(`mode of ${path} must be a number of permission bits`);
  }
  if (before !== undefined && before !== true) {
    throw new TypeError(`before of ${path} must be true`);
  }
  return {
    path,
    content,
    ...(mode === undefined ? {} : { mode: Number(mode) }),
    ...(before === undefined ? {} : { before }),
  };
}

/** The list says what root removes, so a path in it must say plainly where it is. */
function readPath(value: unknown): string {
  if (
    typeof value === "string" && value.startsWith("/") &&
    value.slice(1).split("/").every((part) => part !== "" && part !== "." && part !== "..")
  ) return value;
  throw new TypeError(`a path must be absolute and without "..": ${toJson(value)}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
