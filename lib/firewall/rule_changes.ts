/**
 * Changes of rules in the firewall, whatever goes wrong on the way.
 *
 * @module
 */
import { HintedError } from "../errors/hinted_error.ts";
import type { AddressFamily } from "../net/address.ts";
import type { Adapter, Rule, RuleChange, Scope, View } from "./adapter.ts";
import type { FirewallEvent } from "./firewall.ts";
import type { Ledger } from "./ledger.ts";
import { hintFor } from "./program_hint.ts";
import { NOTHING, reconcile, type Required } from "./reconcile.ts";
import type { PlanFailure, Runner } from "./runner.ts";

/** One firewall: its adapter, and what is known of it. */
export interface FirewallContext<V extends View> {
  readonly adapter: Adapter<V>;
  readonly runner: Runner;
  readonly ledger: Ledger;
  /** Families that were made ready. */
  readonly families: Set<AddressFamily>;
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number;
  readonly report: (event: FirewallEvent) => void;
  /** Seconds that a grant lasts at most. */
  readonly longest: number;
  /** For hints. */
  readonly isRoot: boolean;
}

/** With fewer rules than this every grant looks whether packets still come to it … */
const REACH_ALWAYS = 32;
/** … and with more of them, where looking takes long, one grant in this many milliseconds. */
const REACH_EVERY = 500;

/** How a removal ended, by the keys of the rules. */
export interface Removal {
  /** Rules that could not be removed. */
  readonly left: ReadonlySet<string>;
  /** Rules that another program had removed. */
  readonly gone: ReadonlySet<string>;
}

/**
 * Adds and removes rules. The caller keeps the ledger, except that rules which {@link undo} cannot remove are entered.
 *
 * Where nothing has to be read first, the document of a change is written when the call returns: the other work for a
 * packet is done while the firewall works.
 */
export class RuleChanges<V extends View> {
  readonly #context: FirewallContext<V>;
  #lookedForReach = -Infinity;

  constructor(context: FirewallContext<V>) {
    this.#context = context;
  }

  /** What is in the firewall, or why that cannot be seen. */
  async look(scope: Scope): Promise<V | HintedError> {
    const { adapter, runner, isRoot } = this.#context;
    const outcomes = await runner.query(adapter.look(scope));
    const view = adapter.read(scope, outcomes);
    return typeof view === "string"
      ? new HintedError(view, { hint: hintFor(outcomes, isRoot) })
      : view;
  }

  /** The same, of the chains of this configuration. */
  lookHere(): Promise<V | HintedError> {
    return this.look({ families: this.#context.families, extent: "configured" });
  }

  /** Those of the rules that are not in the firewall; none where that cannot be seen. */
  async missing(rules: readonly Rule[]): Promise<readonly Rule[]> {
    const view = await this.lookHere();
    if (view instanceof HintedError) return [];
    const listed = new Set(view.rules.map(({ key }) => key));
    return rules.filter(({ key }) => !listed.has(key));
  }

  /** Adds rules as one change; those of the ledger with the same keys give way. */
  add(rules: readonly Rule[]): Promise<PlanFailure | undefined> {
    const replaced = rules.flatMap(({ key }) => this.#context.ledger.get(key) ?? []);
    return this.#apply("add", rules, replaced);
  }

  /** Removes rules that may have been added, or enters them in the ledger as over. */
  async undo(rules: readonly Rule[]): Promise<void> {
    const { adapter, runner, ledger, now, report } = this.#context;
    const before = adapter.readsFirst ? await this.#viewOrNone() : undefined;
    await runner.force(adapter.remove(this.#change(rules, before)));
    const view = await this.lookHere();
    const listed = view instanceof HintedError ? rules : view.rules;
    const keys = new Set(listed.map(({ key }) => key));
    for (const rule of rules.filter(({ key }) => keys.has(key))) {
      ledger.add(overAt(rule, now()));
      report({ type: "error", text: `A rule may be left in ${rule.summary.chain}` });
    }
  }

  /** As many of the rules, from the first on, as are removed in a time that grants may wait. */
  portion(rules: readonly Rule[]): readonly Rule[] {
    const { adapter, ledger } = this.#context;
    return rules.slice(0, adapter.portion?.(rules, ledger.all()) ?? rules.length);
  }

  /**
   * Removes rules, even if some are gone already.
   *
   * @param required what stays although it has the key of a rule that goes: one of two of a kind.
   */
  async remove(rules: readonly Rule[], required: Required = NOTHING): Promise<Removal> {
    const left = new Set<string>();
    const gone = new Set<string>();
    for (let rest = rules; rest.length > 0;) {
      const portion = this.portion(rest);
      rest = rest.slice(portion.length);
      const outcome = await this.#removePortion(portion, required);
      for (const key of outcome.left) left.add(key);
      for (const key of outcome.gone) gone.add(key);
    }
    return { left, gone };
  }

  async #removePortion(rules: readonly Rule[], required: Required): Promise<Removal> {
    const { adapter, runner, families, report } = this.#context;
    const failure = await this.#apply("remove", rules);
    if (failure === undefined) return { left: new Set(), gone: new Set() };
    const keys = new Set(rules.map(({ key }) => key));
    const isMeant = ({ key }: Rule): boolean => keys.has(key);
    const extent = rules.some(({ stray }) => stray) ? "everywhere" : "configured";
    const attempts = [
      (some: readonly Rule[]) => this.#apply("remove", some),
      (some: readonly Rule[], view: V) => runner.force(adapter.remove(this.#change(some, view))),
      () => Promise.resolve(),
    ];
    let left: readonly Rule[] = rules;
    let gone: ReadonlySet<string> | undefined;
    for (const attempt of attempts) {
      const view = await this.look({ families, extent });
      if (view instanceof HintedError) {
        report({ type: "error", text: view.message });
        return { left: keys, gone: new Set() };
      }
      // As they are listed, even if they do not look like our own rules.
      const found = { rules: view.rules.filter(isMeant), broken: view.broken.filter(isMeant) };
      left = reconcile(found, required).remove;
      const listed = new Set([...found.rules, ...found.broken].map(({ key }) => key));
      if (!failure.partial) gone ??= keys.difference(listed);
      if (left.length === 0) break;
      await attempt(left, view);
    }
    if (left.length > 0) report({ type: "error", text: failure.text });
    return { left: new Set(left.map(({ key }) => key)), gone: gone ?? new Set() };
  }

  /** Whether packets come to these rules; what one grant does not notice a check does. */
  async areReached(rules: readonly Rule[]): Promise<boolean> {
    const { adapter, runner, ledger } = this.#context;
    const plan = adapter.reach?.(rules) ?? [];
    const now = performance.now();
    const isSoon = now - this.#lookedForReach < REACH_EVERY;
    if (plan.length === 0 || (isSoon && ledger.size > REACH_ALWAYS)) return true;
    this.#lookedForReach = now;
    return await runner.apply(plan) === undefined;
  }

  async #apply(
    how: "add" | "remove",
    rules: readonly Rule[],
    replaced: readonly Rule[] = [],
  ): Promise<PlanFailure | undefined> {
    const { adapter, runner } = this.#context;
    const view = adapter.readsFirst ? await this.#viewOrNone() : undefined;
    if (adapter.readsFirst && view === undefined) {
      // Writing without having read would wipe what others put there.
      return { text: `${adapter.name} could not be read`, refused: false, partial: false };
    }
    const plan = adapter[how](this.#change(rules, view, replaced));
    if (typeof plan === "string") return { text: plan, refused: false, partial: false };
    return await runner.apply(plan);
  }

  #change(
    rules: readonly Rule[],
    view: V | undefined,
    replaced: readonly Rule[] = [],
  ): RuleChange<V> {
    const now = this.#context.now();
    return { rules, replaced, now, ...(view === undefined ? {} : { view }) };
  }

  async #viewOrNone(): Promise<V | undefined> {
    const view = await this.lookHere();
    return view instanceof HintedError ? undefined : view;
  }
}

/** The rule as one whose time is up, and which the next removal takes out wherever it stands. */
export function overAt(rule: Rule, now: number): Rule {
  const summary = { ...rule.summary, expires: Math.floor(now / 1000) };
  return { ...rule, summary, stray: true };
}
