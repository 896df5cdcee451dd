/**
 * A command text as an argument vector.
 *
 * @module
 */

/**
 * Splits at white space, as C's `isspace` has it, and does nothing else: no shell, no quotes, no expansion, so
 * `a; b | c` is five plain words (`docs/spec/server.md` 10). The C daemon takes at most 28 words; there is no limit
 * here but that of a packet or a line.
 */
export function splitWords(text: string): string[] {
  return text.split(/[ \t\n\v\f\r]+/).filter((word) => word !== "");
}
