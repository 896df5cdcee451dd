/**
 * The version of this program; `deno.json` says the same (a test compares them).
 *
 * @module
 */

/** Semantic version. */
export const VERSION = "0.1.0";

/** When this version was made, seconds since 1970 UTC, to the day: a clock that shows less is wrong. */
export const RELEASED = Date.UTC(2026, 10, 21) / 1000;
