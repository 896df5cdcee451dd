/**
 * Files that may be missing.
 *
 * @module
 */

/**
 * What a look at a file returns, or `undefined` where there is no such file:
 * `ifThere(() => Deno.readTextFileSync(path))`.
 *
 * @throws the system's other errors.
 */
export function ifThere<Found>(look: () => Found): Found | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
