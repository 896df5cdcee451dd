/**
 * Files that may be missing.
 *
 * @module
 */

/**
 * Returns the result of a call on a file, or `undefined` if there is no such file:
 * `ifThere(() => Deno.readTextFileSync(path))`.
 *
 * @throws all other errors of the call.
 */
export function ifThere<Found>(look: () => Found): Found | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
