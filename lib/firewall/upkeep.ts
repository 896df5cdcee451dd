/**
 * Keeping a firewall as we need it: ready at the start, mended when others break it, empty in the end.
 *
 * @module
 */
import { HintedError } from "../errors/hinted_error.ts";
import type { AddressFamily } from "../net/address.ts";
import type { Extent, Rule, Scope, View } from "./adapter.ts";
import type { HeldRule, RuleSummary } from "./firewall.ts";
import type { Plan } from "./plan.ts";
import { hintFor } from "./program_hint.ts";
import type { RuleChanges, Workplace } from "./rule_changes.ts";

/** Looks after chains, sets and jumps, and after rules that were there already. */
export class Upkeep<V extends View> {
  readonly #place: Workplace<V>;
  readonly #changes: RuleChanges<V>;
  readonly #features = new Set<string>();
  #toldOfDaemon = false;

  constructor(place: Workplace<V>, changes: RuleChanges<V>) {
    this.#place = place;
    this.#changes = changes;
  }

  /** What the firewall turned out to be able to do. */
  get features(): ReadonlySet<string> {
    return this.#features;
  }

  /** Takes for granted what another one found out about the same firewall. */
  assume(features: ReadonlySet<string>): void {
    for (const feature of features) this.#features.add(feature);
  }

  /** Probes, makes chains and jumps, adopts and clears up: for one family. @throws {HintedError} */
  async makeReady(
    family: AddressFamily,
    flush: boolean,
    inherited: readonly HeldRule[],
  ): Promise<void> {
    if (!this.#place.adapter.families.includes(family)) {
      throw new HintedError(`${this.#place.adapter.name} cannot serve IPv${family} here`);
    }
    const scope: Scope = { families: new Set([family]), extent: "everywhere" };
    const view = await this.#changes.look(scope);
    if (view instanceof HintedError) throw view;
    await this.#probe(family);
    const preparation = this.#place.adapter.prepare(view, scope, flush);
    if (preparation.error !== undefined) {
      throw new HintedError(preparation.error, { hint: preparation.hint });
    }
    const failure = await this.#place.runner.apply(preparation.plan);
    if (failure !== undefined) {
      throw new HintedError(failure.text, { hint: hintFor([], this.#place.isRoot) });
    }
    for (const jump of preparation.jumps) this.#place.emit({ type: "jump", ...jump });
    this.#place.families.add(family);
    if (flush) await this.#changes.takeOut(view.rules.filter(({ stray }) => stray));
    else await this.#adopt(view, new Map(inherited.map((rule) => [rule.key, rule.summary])));
  }

  async #probe(family: AddressFamily): Promise<void> {
    for (const probe of this.#place.adapter.probes(family)) {
      const { feature, success, failure, hint } = probe;
      const refused = await this.#place.runner.apply(probe.plan);
      if (refused === undefined) {
        this.#features.add(feature);
        if (success !== undefined) this.#place.emit({ type: "info", text: success });
        continue;
      }
      if (refused.partial) await this.#place.runner.force(probe.cleanUp);
      const text = `${failure} (${refused.text})`;
      if (hint !== undefined) throw new HintedError(text, { hint });
      this.#place.emit({ type: "warning", text });
    }
  }

  /**
   * Takes over what is still granted. What is over is entered too, and so goes like everything whose time is up: grants
   * need not wait for it. What is unreadable or doubled is taken out. What would end later than a grant of now was made by
   * a clock that was ahead, or a configuration that allowed more: it ends as a grant of now does.
   *
   * @param known what a predecessor held, at a start.
   */
  async #adopt(view: V, known?: ReadonlyMap<string, RuleSummary>): Promise<void> {
    const { ledger, emit } = this.#place;
    const now = this.#place.now() / 1000;
    const latest = Math.ceil(now + this.#place.longest);
    const doubled: Rule[] = [];
    const seen = new Set<string>();
    for (const rule of view.rules) {
      if (seen.has(rule.key)) doubled.push(rule);
      else if (ledger.get(rule.key) === undefined) {
        const inherited = known?.get(rule.key);
        const found = inherited === undefined ? rule : { ...rule, summary: inherited };
        if (rule.summary.expires <= now) ledger.add({ ...found, stray: true });
        else {
          const isTooLong = inherited === undefined && rule.summary.expires > latest;
          // Where the firewall ends rules itself it goes by a clock that is not set.
          const isCut = isTooLong && !this.#place.adapter.endsByItself;
          const summary = isCut ? { ...rule.summary, expires: latest } : found.summary;
          ledger.add(isCut ? { ...found, summary, stray: true } : found);
          if (inherited === undefined) emit({ type: "adopted", rule: summary });
          if (known === undefined) this.#tellOfDaemon(rule.summary);
        }
      }
      seen.add(rule.key);
    }
    await this.#changes.takeOut([...view.broken, ...doubled]);
  }

  /** Only a daemon of ours names the stanza of a rule, and what this one put in is in the ledger. */
  #tellOfDaemon({ stanza, chain }: RuleSummary): void {
    if (stanza === undefined || this.#toldOfDaemon) return;
    this.#toldOfDaemon = true;
    const text =
      `Another fwknop daemon puts rules into ${chain}: each removes the other's rules. ` +
      "Stop one of them, or give it chains of its own";
    this.#place.emit({ type: "warning", text });
  }

  /**
   * Looks at the firewall and mends it. Where our chain or its jump was lost, somebody flushed the firewall,
   * and rules still granted are put back; a single rule that is gone was deleted on purpose and stays away.
   *
   * @param isOwn whether what is missing was taken away by this program.
   */
  async mend(isOwn = false): Promise<string | undefined> {
    const scope: Scope = { families: this.#place.families, extent: "configured" };
    const view = await this.#changes.look(scope);
    if (view instanceof HintedError) return view.message;
    const { ledger, families } = this.#place;
    const listed = new Set(view.rules.map(({ key }) => key));
    const missing = ledger.all().filter(({ key, family, stray }) =>
      !listed.has(key) && ledger.left(key) > 0 && families.has(family) && stray === undefined
    );
    await this.#adopt(view);
    await this.#tidy(view);
    if (view.intact) {
      for (const { key, summary } of missing) {
        ledger.delete(key);
        this.#place.emit({ type: "vanished", rule: summary });
      }
      return undefined;
    }
    const preparation = this.#place.adapter.prepare(view, scope, false);
    if (preparation.error !== undefined) return preparation.error;
    const now = this.#place.now();
    const restoration = missing.length === 0 ? [] : this.#place.adapter.add({
      rules: missing.map((rule) => endingAt(rule, now + ledger.left(rule.key))),
      replaced: [],
      now,
      view,
    });
    if (typeof restoration === "string") return restoration;
    const plan: Plan = [...preparation.plan, ...restoration];
    const failure = await this.#place.runner.apply(plan);
    const { place } = this.#place.adapter;
    if (failure !== undefined) return `Cannot put back ${place}: ${failure.text}`;
    const text = `Another program removed or changed ${place}: put back`;
    if (!isOwn) this.#place.emit({ type: "warning", text });
    for (const jump of preparation.jumps) this.#place.emit({ type: "jump", ...jump });
    for (const { summary } of missing) this.#place.emit({ type: "restored", rule: summary });
    return undefined;
  }

  async #tidy(view: V): Promise<void> {
    const plan = this.#place.adapter.tidy?.(view) ?? [];
    // What cannot be removed now is met again the next time.
    for (const text of await this.#place.runner.force(plan)) {
      this.#place.emit({ type: "warning", text });
    }
  }

  /** Takes out everything of ours. @throws {HintedError} */
  async dismantle(extent: Extent, whole: boolean): Promise<void> {
    if (extent === "elsewhere" && !this.#place.adapter.placesVary) return;
    if (extent === "configured") {
      await this.#changes.takeOut(this.#place.ledger.all().filter(({ stray }) => stray));
    }
    for (const [index, family] of this.#place.adapter.families.entries()) {
      if (extent === "configured" && !this.#place.families.has(family)) continue;
      const scope: Scope = { families: new Set([family]), extent };
      const view = await this.#changes.look(scope);
      if (view instanceof HintedError) {
        if (index === 0) throw view;
        continue;
      }
      const plan = this.#place.adapter.dismantle(view, scope, whole);
      const failure = await this.#place.runner.apply(plan);
      if (failure === undefined) continue;
      // Somebody changed the chains in between: do what can be done, one by one.
      const failures = await this.#place.runner.force(plan);
      const after = await this.#changes.look(scope);
      if (after instanceof HintedError) throw after;
      if (after.rules.length > 0 || after.broken.length > 0) {
        throw new HintedError(failures[0] ?? failure.text, {
          hint: hintFor([], this.#place.isRoot),
        });
      }
    }
    if (extent === "elsewhere") return;
    for (const { key } of this.#place.ledger.all()) this.#place.ledger.delete(key);
  }
}

/** A rule that the firewall is to end then, in milliseconds since 1970 UTC: its expiry, unless the clock was set back. */
function endingAt(rule: Rule, at: number): Rule {
  return { ...rule, summary: { ...rule.summary, expires: Math.ceil(at / 1000) } };
}
