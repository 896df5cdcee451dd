/**
 * The version of this program. A test checks that `deno.json` has the same version.
 *
 * @module
 */

/** Semantic version. */
export const VERSION = "1.0.0-rc.1";

/** Release date of this version: seconds since 1970 UTC, to the day. A clock that shows an earlier time is wrong. */
export const RELEASED = Date.UTC(2026, 11, 1) / 1000;
