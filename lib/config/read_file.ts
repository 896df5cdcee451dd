/**
 * Reads the configuration files of this system, with the checks that the C daemon makes when it opens one
 * (`docs/spec/server.md` 4.1).
 *
 * @module
 */
import { concatBytes } from "../crypto/bytes.ts";
import { fileText, foreignEncoding } from "../files/file_text.ts";
import { visible } from "../one_line.ts";
import { ownUid } from "../own_uid.ts";
import type { ConfigFiles, FileRead } from "./config_files.ts";
import type { Diagnostic, DiagnosticCode } from "../errors/diagnostic.ts";
import { systemReasonOf } from "../errors/reason.ts";
import { exposureOf } from "./exposure.ts";

/** The files and folders of the system. */
export const filesAndFolders: Pick<
  ConfigFiles,
  "read" | "list" | "isFolder" | "exists" | "exposure"
> = {
  read: readConfigFile,
  list(folder) {
    try {
      return Array.from(Deno.readDirSync(folder), ({ name }) => name);
    } catch {
      return undefined;
    }
  },
  isFolder(path) {
    try {
      return Deno.statSync(path).isDirectory;
    } catch {
      return false;
    }
  },
  exists,
  exposure(path) {
    try {
      return exposureOf(path);
    } catch {
      // The program that uses the file reports what is wrong with it.
      return undefined;
    }
  },
};

/**
 * Reads a configuration file. A file that is missing, unreadable or not regular is an error. Permissions wider than
 * 0600 and another owner are warnings, as in the C daemon.
 */
export function readConfigFile(path: string, role: "Config" | "Access"): FileRead {
  try {
    // Opening a FIFO would wait for a writer, so check the type before opening. The check after opening decides.
    if (!Deno.statSync(path).isFile) return { diagnostics: [notRegular(path)] };
    using file = Deno.openSync(path);
    const info = file.statSync();
    if (!info.isFile) return { diagnostics: [notRegular(path)] };
    const bytes = readAll(file);
    const foreign = foreignEncoding(bytes, path);
    if (foreign !== undefined) {
      const error: Diagnostic = { severity: "error", ...foreign, text: `[*] ${foreign.text}` };
      return { diagnostics: [error] };
    }
    const text = fileText(bytes);
    const exposure = exposureOf(path, info);
    return { text, diagnostics: ownership(path, info), ...(exposure && { exposure }) };
  } catch (error) {
    return { diagnostics: [unreadable(path, role, error)] };
  }
}

function readAll(file: Deno.FsFile): Uint8Array {
  const parts: Uint8Array[] = [];
  const buffer = new Uint8Array(65536);
  for (let count = file.readSync(buffer); count !== null; count = file.readSync(buffer)) {
    parts.push(buffer.slice(0, count));
  }
  return concatBytes(...parts);
}

/** The C daemon's warnings: permissions wider than 0600, and another owner. */
export function ownership(path: string, { mode, uid }: Deno.FileInfo): Diagnostic[] {
  const warning = (code: DiagnosticCode, text: string, hint: string): Diagnostic => ({
    severity: "warning",
    text,
    hint,
    code,
    path,
  });
  const found: Diagnostic[] = [];
  // Narrower permissions are fine: credentials of systemd have 0400.
  if (mode !== null && (mode & 0o177) !== 0) {
    found.push(warning(
      "others-may-read",
      `[-] file: ${visible(path)} permissions should only be user read/write (0600, -rw-------)`,
      `chmod 600 ${visible(path)}`,
    ));
  }
  if (uid !== null && uid !== ownUid()) {
    found.push(warning(
      "owned-by-another",
      `[-] file: ${visible(path)} not owned by current effective user id`,
      "Its owner can change what this program does",
    ));
  }
  return found;
}

function notRegular(path: string): Diagnostic {
  return {
    severity: "error",
    code: "not-read",
    path,
    text: `[-] file: ${visible(path)} is not a regular file or symbolic link.`,
    hint: "Give the path of a file",
  };
}

function unreadable(path: string, role: "Config" | "Access", error: unknown): Diagnostic {
  if (error instanceof Deno.errors.NotFound) {
    const text = `[*] ${role} file: '${visible(path)}' was not found.`;
    return { severity: "error", code: "missing", path, text, hint: howToMake(path, role) };
  }
  return {
    severity: "error",
    code: "not-read",
    path,
    text: `[*] Could not open ${role.toLowerCase()} file: ${visible(path)}: ${
      systemReasonOf(error)
    }`,
    ...(error instanceof Deno.errors.PermissionDenied ? { hint: "Run this as root" } : {}),
  };
}

/** `fwknop invite` puts a stanza here unless an option names another file. */
const DEFAULT_ACCESS_FILE = "/etc/fwknop/access.conf";

/** Returns commands to type, one per line. */
function howToMake(path: string, role: "Config" | "Access"): string {
  const slash = path.lastIndexOf("/");
  const folder = path.slice(0, Math.max(slash, 0)) || (slash === 0 ? "/" : ".");
  const shown = visible(path);
  const make = `mkdir -p -m 700 ${visible(folder)} && umask 077 && fwknop print`;
  if (role === "Access") {
    const file = path === DEFAULT_ACCESS_FILE ? "" : ` --access-file ${shown}`;
    return `To make it, with keys: fwknop invite NAME -D HOST -A tcp/22 --install${file}\n` +
      `  Or: ${make} access.conf > ${shown}\n  -a FILE names another one`;
  }
  // Older guides and some packages use this name.
  const older = `${folder}/fwknop.conf`;
  const isThere = older !== path && exists(older);
  return (isThere ? `${visible(older)} is there: mv ${visible(older)} ${shown}\n  ` : "") +
    `To make it: ${make} fwknopd.conf > ${shown}\n  -c FILE names another one`;
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
