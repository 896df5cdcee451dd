/**
 * The two command lines and file readings of this program.
 *
 * @module
 */

/**
 * `native`: that of the subcommands, strict, with a hint below each mistake. `c`: that of the C tools
 * (`docs/spec/`), lax where they are (`60s` is 60, `abc` is 0), in their words.
 */
export type Dialect = "native" | "c";
