/**
 * Parses the output of `ipfw list` (`docs/spec/firewalls.md` 3).
 *
 * @module
 */

/** One rule. */
export interface IpfwLine {
  readonly number: number;
  /** `allow tcp from 192.0.2.44 to me dst-port 22 setup keep-state`. */
  readonly body: string;
  /** The text after `//`. */
  readonly comment: string;
}

const DYNAMIC_HEADING = "## Dynamic rules";

/**
 * Returns the static rules: `10000 allow tcp … // _exp_1795297020`, and with `-S` `# DISABLED 10000 set 2 allow …`.
 * Newer releases name the state: `keep-state :default`.
 */
export function parseIpfwRules(text: string): IpfwLine[] {
  const [rules = ""] = text.split(DYNAMIC_HEADING);
  return rules.split("\n").flatMap((line) => {
    const [, digits, rest = ""] =
      /^(?:# DISABLED )?([0-9]{1,5}) (?:set [0-9]+ )?(.*)$/.exec(line) ??
        [];
    if (digits === undefined) return [];
    const at = rest.indexOf("// ");
    const body = (at < 0 ? rest : rest.slice(0, at)).trim();
    const comment = at < 0 ? "" : rest.slice(at + 3).trim();
    return [{ number: Number(digits), body, comment }];
  });
}

/** Returns the numbers of rules with connections: the first number of each line after the heading. */
export function ipfwDynamicNumbers(text: string): ReadonlySet<number> {
  const [, dynamic = ""] = text.split(DYNAMIC_HEADING);
  return new Set(
    dynamic.split("\n").slice(1).flatMap((line) => {
      const [, digits] = /^\s*([0-9]{1,5})\s/.exec(line) ?? [];
      return digits === undefined ? [] : [Number(digits)];
    }),
  );
}
