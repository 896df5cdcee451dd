/**
 * Splits a command of a setting into words.
 *
 * @module
 */

/**
 * FIREWALL_EXE and similar settings hold a program and arguments after blanks (`docs/spec/firewalls.md` 1.1): no
 * quotes, no shell.
 */
export function commandWords(command: string): string[] {
  return command.split(/[ \t]+/).filter((word) => word !== "");
}
