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
