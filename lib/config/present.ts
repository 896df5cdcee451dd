/**
 * Optional members of objects.
 *
 * @module
 */

/** Returns the object without its members that are `undefined`, as `exactOptionalPropertyTypes` requires. */
export function present<Members extends Record<string, unknown>>(
  members: Members,
): { [Name in keyof Members]?: Exclude<Members[Name], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof Members]?: never };
}
