/**
 * The user id of this process.
 *
 * @module
 */

let uid: number | null | undefined;

/** The user id; `null` where the system has none. Asked once, because the permission to ask is dropped later. */
export function ownUid(): number | null {
  return uid === undefined ? uid = Deno.uid() : uid;
}
