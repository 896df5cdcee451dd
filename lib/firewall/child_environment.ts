/**
 * What firewall programs see of this process: next to nothing.
 *
 * @module
 */

/**
 * Options for `Deno.Command`: no environment but PATH, a fixed language and a home that no file can be in; working
 * folder `/`. Nothing an unprivileged caller could have set (LD_PRELOAD, XTABLES_LIBDIR, …) reaches a program run as
 * root. Without HOME `nft -i` reads `/.nft.history` at its start and writes there at its end, among other things, who
 * was let in.
 */
export const CHILD_ENVIRONMENT = {
  clearEnv: true,
  env: {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    LC_ALL: "C",
    HOME: "/dev/null",
  },
  cwd: "/",
} as const;
