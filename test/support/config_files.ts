/**
 * Configurations that exist only in memory.
 *
 * @module
 */
import type { ConfigFiles } from "../../lib/config/config_files.ts";
import type { Diagnostic } from "../../lib/errors/diagnostic.ts";
import { formatPosition } from "../../lib/errors/position.ts";
import type { Exposure } from "../../lib/config/exposure.ts";
import { GivenOptions } from "../../lib/config/option.ts";
import { type ConfigOutcome, readServerConfig } from "../../lib/config/server_config.ts";

/** The content of a test's system besides files. */
export interface MemorySystem {
  readonly folders?: readonly string[];
  readonly users?: readonly string[];
  readonly groups?: readonly string[];
  /** Files and programs that another user can change. */
  readonly exposures?: Readonly<Record<string, Exposure>>;
}

/** Files by path. A missing path is an error, as on a disk. */
export function memoryFiles(
  texts: Readonly<Record<string, string>>,
  { folders = [], users = ["nobody"], groups = ["nogroup"], exposures = {} }: MemorySystem = {},
): ConfigFiles {
  // A plain record also has names such as `toString`.
  const [known, exposed] = [new Map(Object.entries(texts)), new Map(Object.entries(exposures))];
  return {
    read(path, role) {
      const text = known.get(path);
      const exposure = exposed.get(path);
      if (text !== undefined) return { text, diagnostics: [], ...(exposure && { exposure }) };
      const missing = `[*] ${role} file: '${path}' was not found.`;
      return { diagnostics: [{ severity: "error", code: "missing", path, text: missing }] };
    },
    list(folder) {
      const names = Object.keys(texts).filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1));
      return names.length > 0 || folders.includes(folder) ? names.reverse() : undefined;
    },
    exposure: (path) => exposed.get(path),
    isFolder: (path) => folders.includes(path),
    exists: (path) => folders.includes(path) || known.has(path),
    user: (name) => users.includes(name) ? { name, uid: 65534, gid: 65534 } : undefined,
    group: (name) => groups.includes(name) ? { name, gid: 65534 } : undefined,
  };
}

/** Options as from a command line: `{ "run-dir": "/x", verbose: true }`. */
export function givenOptions(values: Readonly<Record<string, string | true>>): GivenOptions {
  return new GivenOptions(
    Object.entries(values).map(([name, value]) => ({ name, value: value === true ? "" : value })),
  );
}

/** A stanza that loads without a warning. */
export const GOOD_STANZA =
  "SOURCE ANY\nKEY abcdefgh\nHMAC_KEY hmackey1\nREQUIRE_SOURCE_ADDRESS Y\n";

/** Reads the two texts as the files `f` and `a`, together with more files if given. */
export function readTexts(
  { conf = "", access = GOOD_STANZA, options = {}, more = {}, ...system }:
    & {
      conf?: string;
      access?: string;
      options?: Record<string, string | true>;
      more?: Readonly<Record<string, string>>;
    }
    & MemorySystem,
): ConfigOutcome {
  const paths = { "config-file": "f", "access-file": "a" };
  const files = memoryFiles({ f: conf, a: access, ...more }, system);
  return readServerConfig(givenOptions({ ...paths, ...options }), files);
}

/** `file:line:column text`, for the findings of that severity. */
export function findings(
  diagnostics: readonly Diagnostic[],
  severity: Diagnostic["severity"],
): string[] {
  return diagnostics.filter((found) => found.severity === severity).map(({ position, text }) =>
    position === undefined ? text : `${formatPosition(position)} ${text}`
  );
}
