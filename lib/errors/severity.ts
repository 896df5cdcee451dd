/**
 * Severities of log entries.
 *
 * @module
 */

/** How urgent an entry is, most urgent first. */
export type Severity = "error" | "warning" | "info" | "debug";
