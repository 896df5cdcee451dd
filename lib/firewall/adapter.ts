/**
 * The interface between {@link ManagedFirewall} and one kind of firewall: functions from data to data. An adapter starts
 * no program and keeps no state.
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
  /** The rule in the adapter's own syntax: enough to add it and to remove it. */
  readonly text: string;
  /** The value of a map entry. Two rules with the same key and different values cannot both be in force. */
  readonly value?: string;
  /**
   * The rule must not be in force: its grant failed, or an earlier configuration left it. It is removed, even where the
   * firewall ends rules by itself, and never restored.
   */
  readonly stray?: true;
}

/** The state of the firewall, as its program listed it. */
export interface View {
  /** Rules marked as ours with a readable expiry, in the order listed. A rule that is in force twice occurs twice. */
  readonly rules: readonly Rule[];
  /** Rules marked as ours whose expiry cannot be read. */
  readonly broken: readonly Rule[];
  /** Whether everything that `prepare` creates exists, for the requested families. */
  readonly intact: boolean;
  /** Families in which a chain or set of ours exists. */
  readonly present: ReadonlySet<AddressFamily>;
}

/**
 * Where to look. `configured`: where this configuration puts rules. `everywhere`: also where an earlier configuration
 * may have left some. `elsewhere`: only there.
 */
export type Extent = "configured" | "everywhere" | "elsewhere";

/** Which rules to look for. */
export interface Scope {
  readonly families: ReadonlySet<AddressFamily>;
  readonly extent: Extent;
}

/** A change of rules. */
export interface RuleChange<V extends View = View> {
  readonly rules: readonly Rule[];
  /** Rules in force with the same keys; {@link rules} replace them. */
  readonly replaced: readonly Rule[];
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** The state just before the change; set where {@link Adapter.readsFirst} is true. */
  readonly view?: V;
}

/** A feature that the firewall may lack. It is tried once per family, before anything depends on it. */
export interface Probe {
  /** The name by which {@link Adapter.rules} knows it. */
  readonly feature: string;
  readonly plan: Plan;
  /** Removes what {@link plan} may leave when it fails halfway. */
  readonly cleanUp: Plan;
  /** For the log, when the firewall has the feature. */
  readonly success?: string;
  /** For the log, when the firewall lacks it. With a hint this is fatal. */
  readonly failure: string;
  readonly hint?: string;
}

/** The plan that makes the firewall ready, or why that is impossible. */
export type Preparation =
  | {
    readonly plan: Plan;
    /** Jump rules that the plan adds, for the log. */
    readonly jumps: readonly { readonly from: string; readonly chain: string }[];
    readonly error?: undefined;
  }
  | { readonly error: string; readonly hint: string };

/** One kind of firewall. `V` is its own view; only the adapter reads the members that `View` lacks. */
export interface Adapter<V extends View = View> {
  readonly kind: AdapterKind;
  /** For the log. */
  readonly name: string;
  /** Families that it can serve. The first is made ready at start, the others when they are first needed. */
  readonly families: readonly AddressFamily[];
  /** What must exist before grants can be carried out, for the log: `the table inet fwknop`. */
  readonly place: string;
  /** Whether the firewall removes rules by itself when they expire. */
  readonly endsByItself: boolean;
  /** Whether other configurations put rules in other places; {@link look} finds those too. */
  readonly placesVary: boolean;
  /** Whether the firewall must be checked even when no grant is in force. */
  readonly needsUpkeep: boolean;
  /**
   * What a change in nf_tables means. `lost`: something that grants need may be gone. `changed`: another part of what we
   * maintain changed. `undefined`: not ours. Absent: the kernel does not report changes of this firewall.
   */
  heed?(change: RulesetChange): "lost" | "changed" | undefined;
  /** Whether `add` and `remove` need a view taken just before: for firewalls that are rewritten as a whole. */
  readonly readsFirst: boolean;
  /** Rules that carry out a grant at the time `now` (milliseconds since 1970 UTC), or in one line why it cannot be carried out. */
  rules(grant: Grant, features: ReadonlySet<string>, now: number): readonly Rule[] | string;
  /** Commands that list the current state. */
  look(scope: Scope): readonly FirewallCommand[];
  /** Parses the outcomes of these commands, or says in one line why it cannot. */
  read(scope: Scope, outcomes: readonly Outcome[]): V | string;
  probes(family: AddressFamily): readonly Probe[];
  /** Adds missing chains and jumps; with `flush` it also empties the existing chains. */
  prepare(view: V, scope: Scope, flush: boolean): Preparation;
  /** Adds rules, or says in one line why there is no room for them. */
  add(change: RuleChange<V>): Plan | string;
  /** A plan that fails when packets no longer reach these rules. Absent: rules that can be added are reached. */
  reach?(rules: readonly Rule[]): Plan;
  /**
   * How many of these rules, from the first on, can be removed in so short a time that grants may wait for it. Absent:
   * all of them.
   *
   * @param standing the rules in force, oldest first.
   */
  portion?(rules: readonly Rule[], standing: readonly Rule[]): number;
  /** Removes rules; may fail as a whole if one of them is gone. */
  remove(change: RuleChange<V>): Plan;
  /** Removes expired things that were kept for a while; called from time to time. */
  tidy?(view: V): Plan;
  /** Removes everything of ours; with `whole` also what others put into our chains. */
  tearDown(view: V, scope: Scope, whole: boolean): Plan;
  /** Commands whose output the administrator reads. A program that lists both families at once does so for IPv4. */
  show(all: boolean, family: AddressFamily): readonly FirewallCommand[];
}
