/**
 * The words of a command in a setting.
 *
 * @module
 */

/**
 * FIREWALL_EXE and its kind hold a program and, after blanks, arguments (`docs/spec/firewalls.md` 1.1): no quotes, no
 * shell.
 */
export function commandWords(command: string): string[] {
  return command.split(/[ \t]+/).filter((word) => word !== "");
}
