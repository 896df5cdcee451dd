/**
 * What firewall programs see of this process: next to nothing.
 *
 * @module
 */

/**
 * Options for `Deno.Command`: no environment but PATH and a fixed language, working folder `/`. Nothing an
 * unprivileged caller could have set (LD_PRELOAD, XTABLES_LIBDIR, …) reaches a program run as root.
 */
export const CHILD_ENVIRONMENT = {
  clearEnv: true,
  env: {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    LC_ALL: "C",
  },
  cwd: "/",
} as const;

/**
 * For a program that is kept open: a home that no file can be in. Without one `nft -i` reads `/.nft.history` at its start
 * and writes there at its end who was let in.
 */
export const HELPER_ENVIRONMENT = {
  ...CHILD_ENVIRONMENT,
  env: { ...CHILD_ENVIRONMENT.env, HOME: "/dev/null" },
} as const;
