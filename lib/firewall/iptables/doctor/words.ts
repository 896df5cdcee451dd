/**
 * Splits a listed rule of iptables into its parts.
 *
 * @module
 */

/** An option with its values, and the last module named before it: modules share names of options. */
export interface Condition {
  readonly module: string;
  /** `-m` for the module itself: some modules match without an option. */
  readonly option: string;
  readonly value: string;
  /** The second value: `--tcp-flags` has two. */
  readonly second?: string;
  readonly negated: boolean;
}

/** The parts of a rule. */
export interface RuleParts {
  readonly conditions: readonly Condition[];
  /** Absent if the rule only counts packets. */
  readonly target?: string;
  readonly isGoto: boolean;
  /** The words after the target. */
  readonly options: readonly string[];
}

/** Options whose value may be any text, even one that looks like an option. */
const TEXTS: ReadonlySet<string> = new Set(
  ["--comment", "--string", "--hex-string", "--name", "--match-set", "-m"],
);

/** Reads the words after `-A CHAIN`. */
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

/** Returns the value of a target's option; `undefined` if it has no value, or if the option is repeated. */
export function optionOf(options: readonly string[], name: string): string | undefined {
  const at = options.indexOf(name);
  return at < 0 || options.lastIndexOf(name) !== at ? undefined : options[at + 1];
}
