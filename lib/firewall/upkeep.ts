/**
 * Keeps a firewall in order: ready at the start, repaired when other programs change it, empty at the end.
 *
 * @module
 */
import { HintedError } from "../errors/hinted_error.ts";
import type { AddressFamily } from "../net/address.ts";
import type { Extent, Scope, View } from "./adapter.ts";
import { type HeldRule, keyed, type RuleSummary } from "./firewall.ts";
import { hintFor } from "./program_hint.ts";
import { assess, type Assessment, reconcile } from "./reconcile.ts";
import type { FirewallContext, RuleChanges } from "./rule_changes.ts";

/** Maintains chains, sets and jumps, and takes over rules that were there before. */
export class Upkeep<V extends View> {
  readonly #context: FirewallContext<V>;
  readonly #changes: RuleChanges<V>;
  readonly #features = new Set<string>();
  #warnedOfDaemon = false;

  constructor(context: FirewallContext<V>, changes: RuleChanges<V>) {
    this.#context = context;
    this.#changes = changes;
  }

  /** Features that the probes found. */
  get features(): ReadonlySet<string> {
    return this.#features;
  }

  /** Takes over what another instance found out about the same firewall. */
  assume(families: Iterable<AddressFamily>, features: Iterable<string>): void {
    for (const family of families) this.#context.families.add(family);
    for (const feature of features) this.#features.add(feature);
  }

  /** Makes the first family ready, and each other one in which something of ours exists. @throws {HintedError} */
  async start(flush: boolean, inherited: readonly HeldRule[]): Promise<void> {
    const [first, ...others] = this.#context.adapter.families;
    if (first !== undefined) await this.makeReady(first, flush, inherited);
    for (const family of others) {
      // A host may lack the other family: this one is served anyway.
      const view = await this.#changes.look({ families: new Set([family]), extent: "configured" });
      if (view instanceof HintedError || !view.present.has(family)) continue;
      await this.makeReady(family, flush, inherited);
    }
  }

  /**
   * Checks the firewall and repairs it, as {@link assess} says. Returns what went wrong.
   *
   * @param isOwn whether this program removed what is missing.
   */
  async repair(isOwn = false): Promise<string | undefined> {
    const { adapter, runner, ledger, families, now, report } = this.#context;
    const view = await this.#changes.lookHere();
    if (view instanceof HintedError) return view.message;
    const { required, vanished } = await this.#takeOver(view, families);
    // If this fails, the next check tries again.
    for (const text of await runner.force(adapter.tidy?.(view) ?? [])) {
      report({ type: "warning", text });
    }
    for (const rule of vanished) {
      ledger.delete(rule.key);
      report({ type: "vanished", rule: keyed(rule) });
    }
    if (view.intact) return undefined;
    const preparation = adapter.prepare(view, { families, extent: "configured" }, false);
    if (preparation.error !== undefined) return preparation.error;
    const { add: rules } = reconcile(view, required);
    const restoration = rules.length === 0
      ? []
      : adapter.add({ rules, replaced: [], now: now(), view });
    if (typeof restoration === "string") return restoration;
    const failure = await runner.apply([...preparation.plan, ...restoration]);
    const { place } = adapter;
    if (failure !== undefined) return `Cannot put back ${place}: ${failure.text}`;
    const text = `Another program removed or changed ${place}: put back`;
    if (!isOwn) report({ type: "warning", text });
    for (const jump of preparation.jumps) report({ type: "jump", ...jump });
    for (const rule of rules) {
      report({ type: "restored", rule: keyed(ledger.get(rule.key) ?? rule) });
    }
    return undefined;
  }

  /**
   * Adds the rules found to the ledger, and removes unreadable and duplicate ones.
   *
   * @param inherited rules that a predecessor held, at a start.
   */
  async #takeOver(
    view: V,
    families: ReadonlySet<AddressFamily>,
    inherited?: ReadonlyMap<string, RuleSummary>,
  ): Promise<Assessment> {
    const { adapter, ledger, now, longest, report } = this.#context;
    const { endsByItself } = adapter;
    const knowledge = { ledger, families, now: now(), longest, endsByItself, inherited };
    const assessment = assess(view, knowledge);
    for (const rule of assessment.found) ledger.add(rule);
    for (const rule of assessment.adopted) {
      report({ type: "adopted", rule });
      if (inherited === undefined) this.#warnOfDaemon(rule);
    }
    await this.#changes.remove(
      reconcile(view, assessment.required).remove,
      assessment.required,
    );
    return assessment;
  }

  /** Only our daemon names the stanza in a rule, and the rules that this process added are in the ledger. */
  #warnOfDaemon({ stanza, chain }: RuleSummary): void {
    if (stanza === undefined || this.#warnedOfDaemon) return;
    this.#warnedOfDaemon = true;
    const text =
      `Another fwknop daemon puts rules into ${chain}: each removes the other's rules. ` +
      "Stop one of them, or give it chains of its own";
    this.#context.report({ type: "warning", text });
  }

  /** For one family: probes, adds chains and jumps, takes over rules and cleans up. @throws {HintedError} */
  async makeReady(
    family: AddressFamily,
    flush: boolean,
    inherited: readonly HeldRule[],
  ): Promise<void> {
    const { adapter, runner, families, report, isRoot } = this.#context;
    if (!adapter.families.includes(family)) {
      throw new HintedError(`${adapter.name} cannot serve IPv${family} here`);
    }
    const scope: Scope = { families: new Set([family]), extent: "everywhere" };
    const view = await this.#changes.look(scope);
    if (view instanceof HintedError) throw view;
    await this.#probe(family);
    const preparation = adapter.prepare(view, scope, flush);
    if (preparation.error !== undefined) {
      throw new HintedError(preparation.error, { hint: preparation.hint });
    }
    const failure = await runner.apply(preparation.plan);
    if (failure !== undefined) throw new HintedError(failure.text, { hint: hintFor([], isRoot) });
    for (const jump of preparation.jumps) report({ type: "jump", ...jump });
    families.add(family);
    if (flush) {
      await this.#changes.remove(view.rules.filter(({ stray }) => stray));
      return;
    }
    const known = new Map(inherited.map((rule) => [rule.key, rule.summary]));
    await this.#takeOver(view, scope.families, known);
  }

  async #probe(family: AddressFamily): Promise<void> {
    const { adapter, runner, report } = this.#context;
    for (const probe of adapter.probes(family)) {
      const { feature, success, failure, hint } = probe;
      const refused = await runner.apply(probe.plan);
      if (refused === undefined) {
        this.#features.add(feature);
        if (success !== undefined) report({ type: "info", text: success });
        continue;
      }
      if (refused.partial) await runner.force(probe.cleanUp);
      const text = `${failure} (${refused.text})`;
      if (hint !== undefined) throw new HintedError(text, { hint });
      report({ type: "warning", text });
    }
  }

  /** Removes everything of ours. @throws {HintedError} */
  async tearDown(extent: Extent, whole: boolean): Promise<void> {
    const { adapter, runner, ledger, families, isRoot } = this.#context;
    if (extent === "elsewhere" && !adapter.placesVary) return;
    if (extent === "configured") {
      await this.#changes.remove(ledger.all().filter(({ stray }) => stray));
    }
    for (const [index, family] of adapter.families.entries()) {
      if (extent === "configured" && !families.has(family)) continue;
      const scope: Scope = { families: new Set([family]), extent };
      const view = await this.#changes.look(scope);
      if (view instanceof HintedError) {
        if (index === 0) throw view;
        continue;
      }
      const plan = adapter.tearDown(view, scope, whole);
      const failure = await runner.apply(plan);
      if (failure === undefined) continue;
      // Another program changed the chains in between: run the commands one by one, as far as possible.
      const failures = await runner.force(plan);
      const after = await this.#changes.look(scope);
      if (after instanceof HintedError) throw after;
      if (after.rules.length > 0 || after.broken.length > 0) {
        throw new HintedError(failures[0] ?? failure.text, { hint: hintFor([], isRoot) });
      }
    }
    if (extent === "elsewhere") return;
    for (const { key } of ledger.all()) ledger.delete(key);
  }
}
