/**
 * Whose name a message carries.
 *
 * @module
 */

/** Where names come from. */
export interface UserNameSources {
  /** `-U` or SPOOF_USER of the rc file. */
  readonly setting: string | undefined;
  readonly env: (name: string) => string | undefined;
  /** The name of the user the program runs as; asked for only when nothing else names one. */
  readonly loginName: () => string | undefined;
}

/** Longest name a client sends; decoders stop at 48 bytes. */
const MAX_SENT_LENGTH = 63;

/**
 * The setting, else the environment's SPOOF_USER or LOGNAME, else the login name, else USER (USERNAME on
 * Windows), else `NO_USER` (`docs/spec/client.md` 12). Only a name out of the environment is cut, at 63.
 */
export function chooseUserName({ setting, env, loginName }: UserNameSources): string {
  if (setting !== undefined) return setting;
  const found = env("SPOOF_USER") ?? env("LOGNAME") ?? loginName() ?? env("USER") ??
    env("USERNAME") ?? "NO_USER";
  return found.slice(0, MAX_SENT_LENGTH);
}

/** The name of this process's user in `/etc/passwd`, where there is one. */
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
