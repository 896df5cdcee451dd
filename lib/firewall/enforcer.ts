/**
 * The enforcer: carries out grants, and ends them on time.
 *
 * @module
 */
import { HintedError } from "../errors/hinted_error.ts";
import type { Rule, View } from "./adapter.ts";
import { keyed, type KeyedRule, type OpenResult, type RuleSummary } from "./firewall.ts";
import type { Grant } from "./grant.ts";
import { compareGrant } from "./reconcile.ts";
import { type FirewallContext, overAt, type RuleChanges } from "./rule_changes.ts";
import { roomFor } from "./rule_room.ts";
import type { Upkeep } from "./upkeep.ts";

/** A removal that failed is tried again after this time, in milliseconds. */
const RETRY = 5_000;

/** How a grant ended. */
export interface GrantOutcome {
  readonly result: OpenResult;
  /** Milliseconds that the next removal must wait at least; absent: the ledger did not change. */
  readonly pause?: number;
}

/** Carries out grants and ends them: one call at a time. */
export class Enforcer<V extends View> {
  readonly #context: FirewallContext<V>;
  readonly #changes: RuleChanges<V>;
  readonly #upkeep: Upkeep<V>;

  constructor(context: FirewallContext<V>, changes: RuleChanges<V>, upkeep: Upkeep<V>) {
    this.#context = context;
    this.#changes = changes;
    this.#upkeep = upkeep;
  }

  /** Carries out a grant, as a whole or not at all. */
  async grant(grant: Grant): Promise<GrantOutcome> {
    const { adapter, families, ledger, now } = this.#context;
    const { family } = grant.address;
    if (!families.has(family)) {
      try {
        await this.#upkeep.makeReady(family, false, []);
      } catch (error) {
        if (!(error instanceof HintedError)) throw error;
        return { result: refused(error.message) };
      }
    }
    const rules = adapter.rules(grant, this.#upkeep.features, now());
    if (typeof rules === "string") return { result: refused(rules) };
    let { present, add } = compareGrant(rules, ledger);
    // Another program may have removed these rules, and a client that knocks again needs them. Only such a client waits
    // for the listing.
    const lost = present.length === 0 ? [] : await this.#changes.missing(present);
    for (const { key } of lost) ledger.delete(key);
    if (lost.length > 0) ({ present, add } = compareGrant(rules, ledger));
    const stay = present.map(({ summary }) => summary);
    const room = roomFor(grant, add, ledger);
    if (room === "full") return { result: { ...refused(FULL, stay), isFull: true } };
    const error = await this.#add(add);
    if (error !== undefined) {
      // The firewall has just failed to remove the rest of the grant: it gets a pause.
      return { result: refused(error, stay), pause: ledger.due().length > 0 ? RETRY : 0 };
    }
    // The next removal takes out the retired rules, so that this grant does not wait for it.
    for (const rule of room.retired) ledger.add(overAt(rule, now()));
    const added = add.map(keyed);
    return { result: { added, present: stay }, pause: 0 };
  }

  /**
   * Adds rules as one change. If that fails, repairs the firewall and tries once more; if packets do not reach the rules,
   * repairs it. Returns what went wrong; then no rule is in force.
   */
  async #add(rules: readonly Rule[]): Promise<string | undefined> {
    const { ledger } = this.#context;
    if (rules.length === 0) return undefined;
    const error = await this.#insert(rules);
    if (error !== undefined) return error;
    for (const rule of rules) ledger.add(rule);
    if (await this.#changes.areReached(rules)) return undefined;
    const lost = await this.#upkeep.repair();
    if (lost === undefined) return undefined;
    for (const { key } of rules) ledger.delete(key);
    await this.#changes.undo(rules);
    return lost;
  }

  async #insert(rules: readonly Rule[]): Promise<string | undefined> {
    for (let isRepaired = false;; isRepaired = true) {
      const failure = await this.#changes.add(rules);
      if (failure === undefined) return undefined;
      if (failure.partial) await this.#changes.undo(rules);
      if (isRepaired || !failure.refused) return failure.text;
      const error = await this.#upkeep.repair();
      if (error !== undefined) return error;
    }
  }

  /** Our rules as the firewall lists them now. @throws {HintedError} */
  async list(): Promise<readonly KeyedRule[]> {
    const { adapter, ledger } = this.#context;
    const rules: KeyedRule[] = [];
    for (const [index, family] of adapter.families.entries()) {
      const view = await this.#changes.look({ families: new Set([family]), extent: "everywhere" });
      if (view instanceof HintedError) {
        // Only the first family must work. A family that does not work holds no rules of ours.
        if (index === 0) throw view;
        continue;
      }
      for (const { key, summary } of view.rules) {
        const stanza = summary.stanza ?? ledger.get(key)?.summary.stanza;
        rules.push({ ...summary, ...(stanza === undefined ? {} : { stanza }), key });
      }
    }
    return rules;
  }

  /**
   * Ends a portion of the expired rules. Resolves to the milliseconds that the next removal must wait at least: rules
   * that could not be removed are tried again later, rules beyond the portion follow at once.
   */
  async expire(): Promise<number> {
    const { adapter, ledger, report } = this.#context;
    const due = ledger.due();
    if (due.length === 0) return 0;
    // Rules that the firewall ends by itself cost nothing. The rest is removed in portions, so that no grant waits long.
    const own = adapter.endsByItself ? due.filter(({ stray }) => stray) : due;
    const portion = this.#changes.portion(own);
    const waiting = new Set(own.slice(portion.length).map(({ key }) => key));
    const over = new Set(due.flatMap(({ key }) => waiting.has(key) ? [] : [key]));
    const { left, gone } = await this.#changes.remove(portion);
    const numbers = new Map<string, number>();
    for (const rule of ledger.all()) {
      const { key, summary } = rule;
      const number = (numbers.get(summary.chain) ?? 0) + 1;
      numbers.set(summary.chain, number);
      if (!over.has(key)) continue;
      ledger.delete(key);
      // Moved to the end of the ledger: other rules are removed before this one is tried again.
      if (left.has(key)) ledger.add(rule);
      else if (gone.has(key)) report({ type: "vanished", rule: keyed(rule) });
      else report({ type: "removed", rule: keyed(rule), number });
    }
    return left.size > 0 ? RETRY : 0;
  }
}

/** The C daemon's text, for ipfw. */
const FULL = "Access request rejected: Maximum allowed number of rules has been reached.";

/** The result of a grant that added nothing; rules that were in force before stay. */
export function refused(error: string, present: readonly RuleSummary[] = []): OpenResult {
  return { added: [], present, error };
}
