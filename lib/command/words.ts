/**
 * A command text as an argument vector.
 *
 * @module
 */

/**
 * Splits at white space, as C's `isspace` defines it, and does nothing else: no shell, no quotes, no expansion. So
 * `a; b | c` is five plain words (`docs/spec/server.md` 10). The C daemon accepts at most 28 words; here only the length
 * of a packet or a line is a limit.
 */
export function argumentVector(text: string): string[] {
  return text.split(/[ \t\n\v\f\r]+/).filter((word) => word !== "");
}
