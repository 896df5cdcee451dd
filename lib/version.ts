/**
 * The version of this program. A test checks that `deno.json` has the same version.
 *
 * @module
 */

/** Semantic version. */
export const VERSION = "0.1.0";

/** Release date of this version: seconds since 1970 UTC, to the day. A clock that shows an earlier time is wrong. */
export const RELEASED = Date.UTC(2026, 10, 21) / 1000;
