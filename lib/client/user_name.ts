/**
 * Chooses the user name in a message.
 *
 * @module
 */

/** Where names come from. */
export interface UserNameSources {
  /** `-U` or SPOOF_USER of the rc file. */
  readonly setting: string | undefined;
  readonly env: (name: string) => string | undefined;
  /** The name of the user that runs the program. Called only when no other source has a name. */
  readonly loginName: () => string | undefined;
}

/** Longest name that a client sends; decoders stop at 48 bytes. */
const MAX_SENT_LENGTH = 63;

/**
 * The setting, else SPOOF_USER or LOGNAME of the environment, else the login name, else USER (USERNAME on Windows),
 * else `NO_USER` (`docs/spec/client.md` 12). A name that is not from the setting is cut at 63 characters.
 */
export function chooseUserName({ setting, env, loginName }: UserNameSources): string {
  if (setting !== undefined) return setting;
  const found = env("SPOOF_USER") ?? env("LOGNAME") ?? loginName() ?? env("USER") ??
    env("USERNAME") ?? "NO_USER";
  return found.slice(0, MAX_SENT_LENGTH);
}

/** The name of this process's user in `/etc/passwd`, if it has an entry. */
export function loginName(): string | undefined {
  const uid = Deno.uid();
  if (uid === null) return undefined;
  try {
    const entry = Deno.readTextFileSync("/etc/passwd").split("\n")
      .map((line) => line.split(":"))
      .find((fields) => fields[2] === String(uid));
    return entry?.[0];
  } catch {
    return undefined;
  }
}
