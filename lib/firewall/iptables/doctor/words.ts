/**
 * The parts of a rule of iptables, from the words of its listing.
 *
 * @module
 */

/** An option with its values, and the module that was named last before it: some share their names. */
export interface Condition {
  readonly module: string;
  /** `-m` where a module is named: some need no option to decide. */
  readonly option: string;
  readonly value: string;
  /** What stands behind it: `--tcp-flags` has two values. */
  readonly second?: string;
  readonly negated: boolean;
}

/** A rule in parts. */
export interface RuleParts {
  readonly conditions: readonly Condition[];
  /** Absent: the rule only counts. */
  readonly target?: string;
  readonly isGoto: boolean;
  /** What stands behind the target. */
  readonly options: readonly string[];
}

/** Options whose value is any text, one that looks like an option too. */
const TEXTS: ReadonlySet<string> = new Set(
  ["--comment", "--string", "--hex-string", "--name", "--match-set", "-m"],
);

/** Reads the words behind `-A CHAIN`. */
export function readRule(words: readonly string[]): RuleParts {
  const conditions: Condition[] = [];
  let module = "";
  let negated = false;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    if (word === "-j" || word === "-g") {
      const target = words[index + 1];
      return {
        conditions,
        ...(target === undefined ? {} : { target }),
        isGoto: word === "-g",
        options: words.slice(index + 2),
      };
    }
    if (word === "!") {
      negated = true;
      continue;
    }
    const values: string[] = [];
    const takes = (next: string | undefined) =>
      next !== undefined && (TEXTS.has(word) ? values.length === 0 : !/^(-.|!$)/.test(next));
    while (takes(words[index + 1])) values.push(words[++index] ?? "");
    const [value = "", second] = values;
    if (word === "-m") module = value;
    if (word !== "--comment") {
      const more = second === undefined ? {} : { second };
      conditions.push({ module, option: word, value, ...more, negated });
    }
    negated = false;
  }
  return { conditions, isGoto: false, options: [] };
}

/** The value behind an option of a target; `undefined` where it has none, or several. */
export function optionOf(options: readonly string[], name: string): string | undefined {
  const at = options.indexOf(name);
  return at < 0 || options.lastIndexOf(name) !== at ? undefined : options[at + 1];
}
