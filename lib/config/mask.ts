/**
 * Secrets in output.
 *
 * @module
 */

/** What the C daemon prints in the place of key material (`docs/spec/server.md` 12). */
export const MASK = "<see the access.conf file>";
