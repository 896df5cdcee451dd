/**
 * Putting rules in and taking them out, whatever goes wrong on the way.
 *
 * @module
 */
import { HintedError } from "../errors/hinted_error.ts";
import type { AddressFamily } from "../net/address.ts";
import type { Adapter, Change, Rule, Scope, View } from "./adapter.ts";
import type { FirewallEvent } from "./firewall.ts";
import type { Ledger } from "./ledger.ts";
import { hintFor } from "./program_hint.ts";
import type { Plan } from "./plan.ts";
import type { Failure, Runner } from "./runner.ts";

/** What those who work on one firewall share. */
export interface Workplace<V extends View> {
  readonly adapter: Adapter<V>;
  readonly runner: Runner;
  readonly ledger: Ledger;
  /** Families that were made ready. */
  readonly families: Set<AddressFamily>;
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number;
  readonly emit: (event: FirewallEvent) => void;
  /** Seconds that a grant lasts at most. */
  readonly longest: number;
  /** For hints. */
  readonly isRoot: boolean;
}

/** With fewer rules than this every grant looks whether packets still come to it … */
const REACH_ALWAYS = 32;
/** … and with more of them, where looking takes long, one grant in this many milliseconds. */
const REACH_EVERY = 500;

/** Keys of rules. */
export type Keys = ReadonlySet<string>;

/**
 * Carries out changes of rules. What is put in is entered in the ledger; what is taken out is struck off by the caller,
 * who tells of it.
 *
 * Where nothing has to be read first, a change is on its way to the firewall when the call returns: what a packet
 * still gives to do is done while the firewall works.
 */
export class RuleChanges<V extends View> {
  readonly #place: Workplace<V>;
  #lookedForReach = -Infinity;

  constructor(place: Workplace<V>) {
    this.#place = place;
  }

  /** What is in the firewall, or why that cannot be told. */
  async look(scope: Scope): Promise<V | HintedError> {
    const outcomes = await this.#place.runner.query(this.#place.adapter.look(scope));
    const view = this.#place.adapter.read(scope, outcomes);
    return typeof view === "string"
      ? new HintedError(view, { hint: hintFor(outcomes, this.#place.isRoot) })
      : view;
  }

  /** Those of the rules that are not in the firewall; none where that cannot be told. */
  async missing(rules: readonly Rule[]): Promise<readonly Rule[]> {
    if (rules.length === 0) return [];
    const view = await this.look({ families: this.#place.families, extent: "configured" });
    if (view instanceof HintedError) return [];
    const listed = new Set(view.rules.map(({ key }) => key));
    return rules.filter(({ key }) => !listed.has(key));
  }

  /** A view where the adapter needs one for every change. */
  async #current(): Promise<V | undefined> {
    const view = await this.look({ families: this.#place.families, extent: "configured" });
    return view instanceof HintedError ? undefined : view;
  }

  /**
   * Puts rules in as one change; has the chains mended and tries once more if that fails, or if packets do not come to
   * the rules. Returns what went wrong; nothing of the rules is in force then.
   */
  async putIn(
    rules: readonly Rule[],
    mend: () => Promise<string | undefined>,
  ): Promise<string | undefined> {
    if (rules.length === 0) return undefined;
    const error = await this.#insert(rules, mend);
    if (error !== undefined) return error;
    for (const rule of rules) this.#place.ledger.add(rule);
    if (await this.#areReached(rules)) return undefined;
    const lost = await mend();
    if (lost === undefined) return undefined;
    for (const { key } of rules) this.#place.ledger.delete(key);
    await this.#undo(rules);
    return lost;
  }

  async #insert(
    rules: readonly Rule[],
    mend: () => Promise<string | undefined>,
  ): Promise<string | undefined> {
    let failure = await this.#apply(rules, "add");
    if (failure === undefined) return undefined;
    if (failure.partial) await this.#undo(rules);
    if (failure.refused) {
      const error = await mend();
      if (error !== undefined) return error;
      failure = await this.#apply(rules, "add");
      if (failure === undefined) return undefined;
      if (failure.partial) await this.#undo(rules);
    }
    return failure.text;
  }

  async #apply(rules: readonly Rule[], how: "add" | "remove"): Promise<Failure | undefined> {
    const { adapter, runner } = this.#place;
    const view = adapter.readsFirst ? await this.#current() : undefined;
    if (adapter.readsFirst && view === undefined) {
      // Writing without having read would wipe what others put there.
      return { text: `${adapter.name} could not be read`, refused: false, partial: false };
    }
    const plan = adapter[how](this.#change(rules, view));
    if (typeof plan === "string") return { text: plan, refused: false, partial: false };
    return await runner.apply(plan);
  }

  /** Whether packets come to these rules; what one grant does not notice {@link Firewall.check} does. */
  async #areReached(rules: readonly Rule[]): Promise<boolean> {
    const plan = this.#place.adapter.reach?.(rules) ?? [];
    const now = performance.now();
    const isSoon = now - this.#lookedForReach < REACH_EVERY;
    if (plan.length === 0 || (isSoon && this.#place.ledger.size > REACH_ALWAYS)) return true;
    this.#lookedForReach = now;
    return await this.#place.runner.apply(plan) === undefined;
  }

  #change(rules: readonly Rule[], view: V | undefined): Change<V> {
    return {
      rules,
      replaced: rules.flatMap(({ key }) => this.#place.ledger.get(key) ?? []),
      now: this.#place.now(),
      ...(view === undefined ? {} : { view }),
    };
  }

  #removal(rules: readonly Rule[], view: V | undefined): Plan {
    return this.#place.adapter.remove(this.#change(rules, view));
  }

  /** Makes sure that rules which may have been put in are not there. */
  async #undo(rules: readonly Rule[]): Promise<void> {
    const before = this.#place.adapter.readsFirst ? await this.#current() : undefined;
    await this.#place.runner.force(this.#removal(rules, before));
    const view = await this.look({ families: this.#place.families, extent: "configured" });
    const listed = view instanceof HintedError ? rules : view.rules;
    const keys = new Set(listed.map(({ key }) => key));
    const left = rules.filter(({ key }) => keys.has(key));
    if (left.length === 0) return;
    // They end with the next round of deletions.
    for (const rule of left) {
      const expires = Math.floor(this.#place.now() / 1000);
      this.#place.ledger.add({ ...rule, summary: { ...rule.summary, expires }, stray: true });
      this.#place.emit({ type: "error", text: `A rule may be left in ${rule.summary.chain}` });
    }
  }

  /** As many of the rules, from the first on, as go in a time that grants may wait. */
  portion(rules: readonly Rule[]): readonly Rule[] {
    const { adapter, ledger } = this.#place;
    return rules.slice(0, adapter.portion?.(rules, ledger.all()) ?? rules.length);
  }

  /**
   * Takes rules out, even if some are gone already. Tells which could not be taken out, and which had been taken out by
   * another program.
   */
  async takeOut(rules: readonly Rule[]): Promise<{ left: Keys; gone: Keys }> {
    const left = new Set<string>();
    const gone = new Set<string>();
    for (let rest = rules; rest.length > 0;) {
      const portion = this.portion(rest);
      rest = rest.slice(portion.length);
      const outcome = await this.#takeOut(portion);
      for (const key of outcome.left) left.add(key);
      for (const key of outcome.gone) gone.add(key);
    }
    return { left, gone };
  }

  async #takeOut(rules: readonly Rule[]): Promise<{ left: Keys; gone: Keys }> {
    const none = { left: new Set<string>(), gone: new Set<string>() };
    const failure = await this.#apply(rules, "remove");
    if (failure === undefined) return none;
    const keys = new Set(rules.map(({ key }) => key));
    let gone: Keys | undefined;
    const attempts = [
      (some: readonly Rule[]) => this.#apply(some, "remove"),
      (some: readonly Rule[], view: V) => this.#place.runner.force(this.#removal(some, view)),
      () => Promise.resolve(),
    ];
    let left: readonly Rule[] = rules;
    const extent = rules.some(({ stray }) => stray) ? "everywhere" : "configured";
    for (const attempt of attempts) {
      const view = await this.look({ families: this.#place.families, extent });
      if (view instanceof HintedError) {
        this.#place.emit({ type: "error", text: view.message });
        return { left: keys, gone: none.gone };
      }
      // As they are listed, even if they do not look like our own rules.
      left = [...view.rules, ...view.broken].filter(({ key }) => keys.has(key));
      const listed = new Set(left.map(({ key }) => key));
      if (!failure.partial) gone ??= new Set([...keys].filter((key) => !listed.has(key)));
      if (left.length === 0) break;
      await attempt(left, view);
    }
    if (left.length > 0) this.#place.emit({ type: "error", text: failure.text });
    return { left: new Set(left.map(({ key }) => key)), gone: gone ?? none.gone };
  }
}
