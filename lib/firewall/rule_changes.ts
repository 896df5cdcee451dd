/**
 * Adds and removes rules in the firewall, and copes with failures on the way.
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

/** What the parts of a managed firewall share: its adapter and its state. */
export interface FirewallContext<V extends View> {
  readonly adapter: Adapter<V>;
  readonly runner: Runner;
  readonly ledger: Ledger;
  /** Families that were made ready. */
  readonly families: Set<AddressFamily>;
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number;
  readonly report: (event: FirewallEvent) => void;
  /** The longest time that a grant may last, in seconds. */
  readonly longest: number;
  /** For hints. */
  readonly isRoot: boolean;
}

/** With at most this many rules, every grant checks whether packets still reach its rules … */
const REACH_ALWAYS = 32;
/** … and with more rules, where the check takes long, one grant in this many milliseconds. */
const REACH_EVERY = 500;

/** How a removal ended, by the keys of the rules. */
export interface Removal {
  /** Rules that could not be removed. */
  readonly left: ReadonlySet<string>;
  /** Rules that another program had removed. */
  readonly gone: ReadonlySet<string>;
}

/**
 * Adds and removes rules. The caller updates the ledger, with one exception: {@link undo} adds rules that it cannot
 * remove.
 *
 * If nothing must be read first, the document of a change is written before the call returns. So the rest of the work
 * for a packet is done while the firewall works.
 */
export class RuleChanges<V extends View> {
  readonly #context: FirewallContext<V>;
  #lookedForReach = -Infinity;

  constructor(context: FirewallContext<V>) {
    this.#context = context;
  }

  /** The state of the firewall, or why it cannot be listed. */
  async look(scope: Scope): Promise<V | HintedError> {
    const { adapter, runner, isRoot } = this.#context;
    const outcomes = await runner.query(adapter.look(scope));
    const view = adapter.read(scope, outcomes);
    return typeof view === "string"
      ? new HintedError(view, { hint: hintFor(outcomes, isRoot) })
      : view;
  }

  /** The state of this configuration's chains, in the families that were made ready. */
  lookHere(): Promise<V | HintedError> {
    return this.look({ families: this.#context.families, extent: "configured" });
  }

  /** The rules that are not in the firewall; none if its rules cannot be listed. */
  async missing(rules: readonly Rule[]): Promise<readonly Rule[]> {
    const view = await this.lookHere();
    if (view instanceof HintedError) return [];
    const listed = new Set(view.rules.map(({ key }) => key));
    return rules.filter(({ key }) => !listed.has(key));
  }

  /** Adds rules as one change. They replace rules of the ledger with the same keys. */
  add(rules: readonly Rule[]): Promise<PlanFailure | undefined> {
    const replaced = rules.flatMap(({ key }) => this.#context.ledger.get(key) ?? []);
    return this.#apply("add", rules, replaced);
  }

  /** Removes rules that may have been added. Rules that stay are added to the ledger as expired. */
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

  /** As many of the rules, from the first on, as can be removed in a time for which grants may wait. */
  portion(rules: readonly Rule[]): readonly Rule[] {
    const { adapter, ledger } = this.#context;
    return rules.slice(0, adapter.portion?.(rules, ledger.all()) ?? rules.length);
  }

  /**
   * Removes rules, even if some are gone already.
   *
   * @param required rules that stay although a removed rule has the same key: one of two identical rules.
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
      // Remove the rules as the firewall lists them: their text may differ from ours.
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

  /** Whether packets reach these rules. It may answer yes unchecked; the next check of the firewall notices a loss. */
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
      // Writing without having read would delete what other programs put there.
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

/** The rule as an expired one, which the next removal takes out wherever it is. */
export function overAt(rule: Rule, now: number): Rule {
  const summary = { ...rule.summary, expires: Math.floor(now / 1000) };
  return { ...rule, summary, stray: true };
}
