/**
 * What every kind of firewall is to {@link ManagedFirewall}: functions from data to data. An adapter starts no
 * program and keeps nothing; one file each.
 *
 * @module
 */
import type { AddressFamily } from "../net/address.ts";
import type { AdapterKind, HeldRule } from "./firewall.ts";
import type { Grant } from "./grant.ts";
import type { FirewallCommand, Outcome, Plan } from "./plan.ts";
import type { RulesetChange } from "./ruleset_change.ts";

/** A rule of ours in the adapter's terms. */
export interface Rule extends HeldRule {
  readonly family: AddressFamily;
  /** The table, anchor or set that holds {@link RuleSummary.chain}. */
  readonly table: string;
  /** The adapter's own words for the rule, enough to put it in and to take it out. */
  readonly text: string;
  /** What an entry of a map holds; two rules with one key and another value cannot stand together. */
  readonly value?: string;
  /**
   * Stands where it should not: in force after its grant failed, or left by an earlier configuration. To be taken out,
   * even where the firewall ends rules by itself, and never put back.
   */
  readonly stray?: true;
}

/** What was found in the firewall. */
export interface View {
  /** Rules marked as ours, with a readable expiry, in the order found. A doubled rule occurs twice. */
  readonly rules: readonly Rule[];
  /** Rules marked as ours whose expiry cannot be read. */
  readonly broken: readonly Rule[];
  /** Whether everything that `prepare` makes is in place, for the families asked for. */
  readonly intact: boolean;
  /** Families in which something of ours (a chain, a set) was found. */
  readonly present: ReadonlySet<AddressFamily>;
}

/**
 * Where to look: where this configuration puts rules, also where an earlier one may have left some, or only there.
 */
export type Extent = "configured" | "everywhere" | "elsewhere";

/** How far to look. */
export interface Scope {
  readonly families: ReadonlySet<AddressFamily>;
  readonly extent: Extent;
}

/** A change of rules. */
export interface RuleChange<V extends View = View> {
  readonly rules: readonly Rule[];
  /** Rules with the same keys that stand now and give way to {@link rules}. */
  readonly replaced: readonly Rule[];
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** Taken just before, where {@link Adapter.readsFirst} asks for it. */
  readonly view?: V;
}

/** Something the firewall may or may not be able to do; tried once per family, before it is relied upon. */
export interface Probe {
  /** Known to the adapter's {@link Adapter.rules}. */
  readonly feature: string;
  readonly plan: Plan;
  /** Takes away what a plan that failed in its midst may have left. */
  readonly cleanUp: Plan;
  /** For the log when it can. */
  readonly success?: string;
  /** For the log when it cannot; with a hint it is fatal. */
  readonly failure: string;
  readonly hint?: string;
}

/** What makes the firewall ready, or why it cannot be made so. */
export type Preparation =
  | {
    readonly plan: Plan;
    /** Jump rules the plan makes, for the log. */
    readonly jumps: readonly { readonly from: string; readonly chain: string }[];
    readonly error?: undefined;
  }
  | { readonly error: string; readonly hint: string };

/** One kind of firewall. `V` is its own view, which only it looks into. */
export interface Adapter<V extends View = View> {
  readonly kind: AdapterKind;
  /** For the log. */
  readonly name: string;
  /** Families it can serve at all; the first is made ready at start, others when they are first needed. */
  readonly families: readonly AddressFamily[];
  /** What grants need to be in place, for the log: `the table inet fwknop`. */
  readonly place: string;
  /** Whether the firewall takes rules out by itself when their time is up. */
  readonly endsByItself: boolean;
  /** Whether other configurations put rules in other places, in which {@link look} finds them too. */
  readonly placesVary: boolean;
  /** Whether there is something to look after even when nothing is granted. */
  readonly needsUpkeep: boolean;
  /**
   * What a change in nf_tables means. `lost`: what grants need may be gone. `changed`: something else of what we look
   * after. `undefined`: not ours. Absent: the kernel says nothing of what this firewall does.
   */
  heed?(change: RulesetChange): "lost" | "changed" | undefined;
  /** Whether `add` and `remove` need a view taken just before (firewalls that are rewritten as a whole). */
  readonly readsFirst: boolean;
  /** Rules that carry out a grant at the time `now` (milliseconds), or why there are none. */
  rules(grant: Grant, features: ReadonlySet<string>, now: number): readonly Rule[] | string;
  /** Commands that show what is there. */
  look(scope: Scope): readonly FirewallCommand[];
  /** Understands their outcomes, or says in one line why not. */
  read(scope: Scope, outcomes: readonly Outcome[]): V | string;
  probes(family: AddressFamily): readonly Probe[];
  /** Makes chains and jumps that are missing; with `flush` also empties what is there. */
  prepare(view: V, scope: Scope, flush: boolean): Preparation;
  /** Puts rules in, or says in one line why there is no room for them. */
  add(change: RuleChange<V>): Plan | string;
  /** Fails where what leads packets to these rules is gone; absent: they are reached where they can be put in. */
  reach?(rules: readonly Rule[]): Plan;
  /**
   * How many of these rules, from the first on, are taken out in so short a time that grants may wait for it; absent:
   * all of them.
   *
   * @param standing the rules in force, oldest first.
   */
  portion?(rules: readonly Rule[], standing: readonly Rule[]): number;
  /** Takes rules out; may fail as a whole if one of them is gone. */
  remove(change: RuleChange<V>): Plan;
  /** What is over and was kept for a while, and can go now; looked for from time to time. */
  tidy?(view: V): Plan;
  /** Takes out everything of ours; with `whole` also what others put into our chains. */
  tearDown(view: V, scope: Scope, whole: boolean): Plan;
  /** Commands whose output a person wants to see. A program that shows both families at once does so with IPv4. */
  show(all: boolean, family: AddressFamily): readonly FirewallCommand[];
}
