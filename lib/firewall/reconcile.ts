/**
 * Computes the changes that make the firewall hold the required rules: functions from data to data.
 *
 * Every change goes through {@link reconcile}. A grant compares its rules with the ledger, a removal compares the listed
 * rules with nothing, and a check compares the whole listing with the ledger.
 *
 * @module
 */
import type { AddressFamily } from "../net/address.ts";
import type { Rule, View } from "./adapter.ts";
import { keyed, type KeyedRule, type RuleSummary } from "./firewall.ts";
import type { Ledger } from "./ledger.ts";

/** Rules by key. Each must be in force once, with this value and this expiry, and no other rule of ours may be. */
export type Required = ReadonlyMap<string, Rule>;

/** No rule may be in force. */
export const NOTHING: Required = new Map();

/** The part of a view that rules are compared with. */
export type Found = Pick<View, "rules" | "broken">;

/** Changes from the rules found to the rules required. {@link remove} is carried out first. */
export interface Changes {
  /** Rules that are missing, or in force with another value or expiry. */
  readonly add: readonly Rule[];
  /** Rules in force with the same keys; {@link add} replaces them. */
  readonly replaced: readonly Rule[];
  /** Rules that must not be in force. A rule that is in force twice occurs once for each removal. */
  readonly remove: readonly Rule[];
}

/** The changes that make the firewall hold the required rules and no other rule of ours. */
export function reconcile({ rules, broken }: Found, required: Required): Changes {
  const standing = new Map<string, Rule>();
  const remove = [...broken];
  for (const rule of rules) {
    const isFirst = required.has(rule.key) && !standing.has(rule.key);
    if (isFirst) standing.set(rule.key, rule);
    else remove.push(rule);
  }
  const add = [...required.values()].filter((rule) => !isMet(rule, standing.get(rule.key)));
  return { add, replaced: add.flatMap(({ key }) => standing.get(key) ?? []), remove };
}

function isMet({ value, summary }: Rule, standing: Rule | undefined): boolean {
  return standing !== undefined && standing.value === value &&
    standing.summary.expires === summary.expires;
}

/** The rules that a grant adds, and the rules of the ledger that carry it out already. */
export interface GrantChanges {
  readonly add: readonly Rule[];
  readonly present: readonly Rule[];
}

/** Compares the rules of a grant with the ledger. A rule with the same value that ends later stays as it is. */
export function compareGrant(rules: readonly Rule[], ledger: Pick<Ledger, "get">): GrantChanges {
  const granted = new Map(rules.map((rule) => [rule.key, rule]));
  const standing = [...granted.keys()].flatMap((key) => ledger.get(key) ?? []);
  // A shortcut for most grants, because a client waits: the comparison gives the same result 3 µs later.
  if (standing.length === 0) return { add: [...granted.values()], present: [] };
  const present = standing.filter((rule) => isEnough(rule, granted.get(rule.key)));
  const required = new Map([...granted, ...present.map((rule) => [rule.key, rule] as const)]);
  return { add: reconcile({ rules: standing, broken: [] }, required).add, present };
}

function isEnough({ value, summary }: Rule, granted: Rule | undefined): boolean {
  return granted !== undefined && value === granted.value &&
    summary.expires >= granted.summary.expires;
}

/** What is known beside the view when the firewall is checked. */
export interface Knowledge {
  readonly ledger: Pick<Ledger, "get" | "all" | "left">;
  /** Families that the view covers completely. */
  readonly families: ReadonlySet<AddressFamily>;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** The longest time that a grant may last, in seconds. */
  readonly longest: number;
  /** Whether the firewall ends rules by itself. */
  readonly endsByItself: boolean;
  /** Rules that a predecessor held, by key; only at a start. */
  readonly inherited?: ReadonlyMap<string, RuleSummary> | undefined;
}

/** The result of a check of the firewall. */
export interface Assessment {
  /** Rules that must be in force from now on. */
  readonly required: Required;
  /** Rules that the ledger does not know. It takes them over, so that they end on time. */
  readonly found: readonly Rule[];
  /** The rules of {@link found} that have not expired and that no predecessor handed over, for the log. */
  readonly adopted: readonly KeyedRule[];
  /** Rules of the ledger that another program deleted, and that are not restored. */
  readonly vanished: readonly Rule[];
}

/**
 * Compares view and ledger. A rule that is found stays unchanged until it expires; the ledger takes over rules that it
 * does not know. A rule that is missing was deleted on purpose, unless our chains or jumps are missing too: then another
 * program flushed the firewall, and the rule is required.
 *
 * The ledger also takes over rules that have expired. They are removed like all expired rules, so that no grant waits
 * for that. A rule may end later than the longest grant that begins now: a clock was ahead when it was made, or an
 * earlier configuration allowed more. It ends when the longest grant does.
 */
export function assess(view: Found & Pick<View, "intact">, knowledge: Knowledge): Assessment {
  const { ledger, families, now } = knowledge;
  const required = new Map<string, Rule>();
  const found: Rule[] = [];
  const adopted: KeyedRule[] = [];
  for (const rule of view.rules) {
    if (required.has(rule.key)) continue;
    required.set(rule.key, rule);
    if (ledger.get(rule.key) !== undefined) continue;
    const taken = takeOver(rule, knowledge);
    found.push(taken);
    const isOver = rule.summary.expires * 1000 <= now;
    const isInherited = knowledge.inherited?.has(rule.key) === true;
    if (!isOver && !isInherited) adopted.push(keyed(taken));
  }
  const missing = ledger.all().filter(({ key, family, stray }) =>
    !required.has(key) && ledger.left(key) > 0 && families.has(family) && stray === undefined
  );
  if (view.intact) return { required, found, adopted, vanished: missing };
  for (const rule of missing) required.set(rule.key, endingAt(rule, now + ledger.left(rule.key)));
  return { required, found, adopted, vanished: [] };
}

function takeOver(rule: Rule, { now, longest, endsByItself, inherited }: Knowledge): Rule {
  const known = inherited?.get(rule.key);
  const taken = known === undefined ? rule : { ...rule, summary: known };
  if (rule.summary.expires * 1000 <= now) return { ...taken, stray: true };
  const latest = Math.ceil(now / 1000 + longest);
  // A firewall that ends rules by itself uses a clock that is never set.
  if (known !== undefined || endsByItself || rule.summary.expires <= latest) return taken;
  return { ...rule, summary: { ...rule.summary, expires: latest }, stray: true };
}

/** The rule, ending at `at`, in milliseconds since 1970 UTC. That is its expiry, unless the clock was set back. */
function endingAt(rule: Rule, at: number): Rule {
  return { ...rule, summary: { ...rule.summary, expires: Math.ceil(at / 1000) } };
}
