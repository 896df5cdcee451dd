/**
 * The system's words for what went wrong with a file or a socket.
 *
 * @module
 */

/** `No such file or directory`, as the C library says it: without Deno's call and number around it. */
export function errorText(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "No such file or directory";
  if (error instanceof Deno.errors.PermissionDenied) return "Permission denied";
  if (error instanceof Deno.errors.AlreadyExists) return "File exists";
  if (error instanceof Deno.errors.IsADirectory) return "Is a directory";
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/ \(os error [0-9]+\).*$/, "");
}
