/**
 * Who this process is.
 *
 * @module
 */

let uid: number | null | undefined;

/** The user this process is; `null` where there are none. Asked once: later the permission to ask is given up. */
export function ownUid(): number | null {
  return uid === undefined ? uid = Deno.uid() : uid;
}
