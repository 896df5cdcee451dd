/**
 * What gpg sees of this process.
 *
 * @module
 */

/** What a user's gpg may need: its keys' home, and a terminal or a display for the agent to ask on. */
const USER_VARIABLES = [
  "HOME",
  "GNUPGHOME",
  "GPG_TTY",
  "TERM",
  "DISPLAY",
  "WAYLAND_DISPLAY",
  "XAUTHORITY",
  "DBUS_SESSION_BUS_ADDRESS",
  "XDG_RUNTIME_DIR",
] as const;

/** PATH and a fixed language; nothing else. */
export const SERVER_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  LC_ALL: "C",
};

/** The environment of a client's gpg, out of the user's. */
export function userEnvironment(
  env: (name: string) => string | undefined,
): Readonly<Record<string, string>> {
  const path = env("PATH");
  const chosen: Record<string, string> = {
    ...SERVER_ENVIRONMENT,
    ...(path === undefined ? {} : { PATH: path }),
  };
  for (const name of USER_VARIABLES) {
    const value = env(name);
    if (value !== undefined) chosen[name] = value;
  }
  return chosen;
}
