/**
 * Secrets in output.
 *
 * @module
 */

/** The C daemon prints this in place of key material (`docs/spec/server.md` 12). */
export const MASK = "<see the access.conf file>";
