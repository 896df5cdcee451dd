/**
 * How urgent an entry of the log is.
 *
 * @module
 */

/** Severities, most urgent first. */
export type Severity = "error" | "warning" | "info" | "debug";
