/**
 * Drops the permissions that a running daemon does not need.
 *
 * @module
 */

/** What the daemon still needs of the runtime after the start. */
export interface Needs {
  /** It starts programs: a firewall's, commands, gpg. The permission cannot be narrowed to some of them. */
  readonly programs: boolean;
  /** It writes files: the replay cache, pending closes. */
  readonly writing: boolean;
}

/** A permission of the runtime. */
export type Permission = Deno.PermissionName | "import";

/**
 * Not needed after the libraries are loaded, the environment is read, all code is imported and the listeners are open. An
 * open TCP listener keeps working; another TCP port needs a restart.
 */
const ALWAYS = ["ffi", "env", "sys", "import", "net"] as const;

/**
 * Permanently drops every permission that is not needed, and returns their names.
 *
 * What to know before (tried on Deno 2.4 and 2.9): a permission that was granted without limit can only
 * be dropped whole. After any drop the newer runtime refuses `/proc`, `/sys`, `/dev/stderr` and
 * `/dev/tty` even for reading: open those first. After `ffi`, functions already loaded work, but no
 * library can be opened and every `UnsafePointer` and `UnsafeCallback` throws. Deno 2.4 also counts
 * `Deno.kill` as starting programs, and goes on reading and writing files when `read` and `write` were
 * granted by `--allow-all` and dropped.
 */
export async function dropPermissions(needs: Needs): Promise<readonly Permission[]> {
  const names: Permission[] = [...ALWAYS];
  if (!needs.programs) names.push("run");
  if (!needs.writing) names.push("write");
  const dropped: Permission[] = [];
  for (const name of names) {
    const { state } = await Deno.permissions.revoke({ name } as Deno.PermissionDescriptor);
    if (state !== "granted") dropped.push(name);
  }
  return dropped;
}
