/**
 * `--dump-serv-err-codes` (`docs/spec/server.md` 12).
 *
 * @module
 */

const FIRST_MESSAGE_CODE = 4096;
const FIRST_RULE_CODE = 8192;

const MESSAGE_ERRORS = [
  "Data is not a valid SPA message format",
  "Not enough data to be a valid SPA message",
  "Data is not an SPA message",
  "SPA via HTTP request, but ENABLE_SPA_OVER_HTTP is not set",
  "Error creating FKO context for incoming data.",
  "Unable to retrieve digest from the SPA data.",
  "Error trying to access the digest.cache file",
  "Detected SPA message replay",
  "SPA message timestamp is outside the allowable window",
  "SPA message did not pass access checks",
  "An error occurred while executing an SPA command message",
  "Unsupported SPA message operation",
  "Undefined/unknown fwknopd Error",
  "General SPA message processing error",
];

/** The misspellings are the C daemon's. */
const RULE_ERRORS = [
  "An error occurred while tring to add a firewall rule",
  "An error occurred while tring to delete a firewall rule",
  "Unknown/unclassified firewall rule processing error",
];

/** A line for each error code of the C daemon. */
export function formatErrorCodes(): string {
  return formatCodes(FIRST_MESSAGE_CODE, MESSAGE_ERRORS) +
    formatCodes(FIRST_RULE_CODE, RULE_ERRORS);
}

function formatCodes(first: number, texts: readonly string[]): string {
  return texts.map((text, index) => `err code: ${first + index}, err string: '${text}'\n`).join("");
}
