/**
 * Hints for files and folders of the daemon that the system refuses.
 *
 * @module
 */

/**
 * What helps with this error.
 *
 * @param code the system's name of the error: `EACCES`.
 * @param kind `file` or `folder`.
 * @param variable that names it: `FWKNOP_PID_FILE`.
 */
export function pathHint(code: string, kind: "file" | "folder", variable: string): string {
  switch (code) {
    case "EACCES":
    case "EPERM":
      return `Run as root, or name another ${kind} with ${variable}`;
    case "ENOSPC":
      return `Make room on its file system, or name another ${kind} with ${variable}`;
    case "EROFS":
      return `Name a ${kind} on a file system that can be written with ${variable}`;
    default:
      return `Name another ${kind} with ${variable}`;
  }
}

/** The system's name of the error of a call on a file; empty if it has none. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === "string" ? code : "";
}
