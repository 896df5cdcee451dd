/**
 * Reasons of exceptions.
 *
 * @module
 */

/** The message of an exception, or the text of any other thrown value. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * The system's reason for a failed call on a file or a socket, in the words of the C library (`No such file or
 * directory`), without the name of the call and the error number that Deno adds.
 */
export function systemReasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "No such file or directory";
  if (error instanceof Deno.errors.AlreadyExists) return "File exists";
  if (error instanceof Deno.errors.IsADirectory) return "Is a directory";
  return reasonOf(error).replace(/ \(os error [0-9]+\).*$/, "");
}
