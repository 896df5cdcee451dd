/**
 * What has to change so that the firewall holds what it must: functions from data to data.
 *
 * Every route goes through {@link reconcile}: a grant compares its rules with the ledger, a removal compares what is
 * listed with nothing, and a look compares the whole listing with the ledger.
 *
 * @module
 */
import type { AddressFamily } from "../net/address.ts";
import type { Rule, View } from "./adapter.ts";
import type { RuleSummary } from "./firewall.ts";
import type { Ledger } from "./ledger.ts";

/** Rules by key: each must be in force once, with this value and this end, and no other rule of ours. */
export type Required = ReadonlyMap<string, Rule>;

/** Nothing may be in force. */
export const NOTHING: Required = new Map();

/** The part of a view that rules are compared with. */
export type Found = Pick<View, "rules" | "broken">;

/** Changes that turn what was found into what is required: {@link remove} is carried out first. */
export interface Changes {
  /** Rules that are missing, or stand with another value or end. */
  readonly add: readonly Rule[];
  /** Rules that stand with the same keys and give way to {@link add}. */
  readonly replaced: readonly Rule[];
  /** Rules that may not stand: each occurrence of its own. */
  readonly remove: readonly Rule[];
}

/** The changes that make the firewall hold what is required, and nothing else of ours. */
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

/** What a grant changes, and which rules of the ledger carry it out already. */
export interface GrantChanges {
  readonly add: readonly Rule[];
  readonly present: readonly Rule[];
}

/** Compares the rules of a grant with those of the ledger. One of the same value that ends later stays as it is. */
export function compareGrant(rules: readonly Rule[], ledger: Pick<Ledger, "get">): GrantChanges {
  const granted = new Map(rules.map((rule) => [rule.key, rule]));
  const standing = [...granted.keys()].flatMap((key) => ledger.get(key) ?? []);
  // Most grants are of this kind, and a client waits: the comparison would say the same, 3 µs later.
  if (standing.length === 0) return { add: [...granted.values()], present: [] };
  const present = standing.filter((rule) => isEnough(rule, granted.get(rule.key)));
  const required = new Map([...granted, ...present.map((rule) => [rule.key, rule] as const)]);
  return { add: reconcile({ rules: standing, broken: [] }, required).add, present };
}

function isEnough({ value, summary }: Rule, granted: Rule | undefined): boolean {
  return granted !== undefined && value === granted.value &&
    summary.expires >= granted.summary.expires;
}

/** What is known beside the view when the firewall is looked at. */
export interface Knowledge {
  readonly ledger: Pick<Ledger, "get" | "all" | "left">;
  /** Families of which the view shows everything. */
  readonly families: ReadonlySet<AddressFamily>;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** Seconds that a grant lasts at most. */
  readonly longest: number;
  /** Whether the firewall ends rules without us. */
  readonly endsByItself: boolean;
  /** What a predecessor held, by key; only at a start. */
  readonly inherited?: ReadonlyMap<string, RuleSummary> | undefined;
}

/** What a look at the firewall teaches. */
export interface Assessment {
  /** What must be in force from now on. */
  readonly required: Required;
  /** Rules that the ledger does not know and has to take over, so that they end on time. */
  readonly found: readonly Rule[];
  /** Those of {@link found} that are still granted and that no predecessor handed over: for the log. */
  readonly adopted: readonly RuleSummary[];
  /** Rules of the ledger that another program deleted, and that stay away. */
  readonly vanished: readonly Rule[];
}

/**
 * Settles between view and ledger. A rule that is found stays until its time is up, as it is: the ledger takes over what
 * it does not know. A rule that is missing was deleted on purpose, unless our chains or jumps are missing too: then
 * another program flushed the firewall, and the rule is required.
 *
 * What is over is taken over as well, and so goes like everything whose time is up: grants need not wait for it. What
 * would end later than a grant of now was made by a clock that was ahead, or a configuration that allowed more: it ends as
 * a grant of now does.
 */
export function assess(view: Found & Pick<View, "intact">, knowledge: Knowledge): Assessment {
  const { ledger, families, now } = knowledge;
  const required = new Map<string, Rule>();
  const found: Rule[] = [];
  const adopted: RuleSummary[] = [];
  for (const rule of view.rules) {
    if (required.has(rule.key)) continue;
    required.set(rule.key, rule);
    if (ledger.get(rule.key) !== undefined) continue;
    const taken = takeOver(rule, knowledge);
    found.push(taken);
    const isOver = rule.summary.expires * 1000 <= now;
    const isInherited = knowledge.inherited?.has(rule.key) === true;
    if (!isOver && !isInherited) adopted.push(taken.summary);
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
  // A firewall that ends rules itself goes by a clock that is not set.
  if (known !== undefined || endsByItself || rule.summary.expires <= latest) return taken;
  return { ...rule, summary: { ...rule.summary, expires: latest }, stray: true };
}

/** A rule that the firewall is to end then, in milliseconds since 1970 UTC: its expiry, unless the clock was set back. */
function endingAt(rule: Rule, at: number): Rule {
  return { ...rule, summary: { ...rule.summary, expires: Math.ceil(at / 1000) } };
}
