/**
 * A firewall run by its adapter: keeps what is in force, ends it on time, and mends what others break.
 *
 * @module
 */
import { HintedError } from "../hinted_error.ts";
import type { AddressFamily } from "../net/address.ts";
import type { Adapter, Change, Rule, Scope, View } from "./adapter.ts";
import type { Firewall, FirewallEvent, HeldRule, OpenResult, RuleSummary } from "./firewall.ts";
import type { Grant } from "./grant.ts";
import { Ledger } from "./ledger.ts";
import { CANNOT_RUN, NOT_FOUND, type Outcome, type Plan } from "./plan.ts";
import { type Failure, Runner, type RunnerOptions } from "./runner.ts";
import { validateGrant } from "./validate_grant.ts";

/** What the configuration says about the life of a firewall. */
export interface ManagedOptions {
  /** FLUSH_IPT_AT_INIT as written; absent: rules of ours that are still granted are adopted. */
  readonly flushAtStart?: boolean;
  /** FLUSH_IPT_AT_EXIT as written; absent: rules of ours are removed, other people's stay. */
  readonly flushAtExit?: boolean;
  /** Seconds between two looks at what changed underneath; 0: only when something fails. */
  readonly checkSeconds: number;
  readonly onEvent?: (event: FirewallEvent) => void;
  readonly runner?: Pick<RunnerOptions, "helperMilliseconds" | "commandMilliseconds">;
  /** Milliseconds since 1970 UTC. */
  readonly now?: () => number;
}

/** A clock set forward is noticed within this time. */
const LONGEST_SLEEP = 60_000;
/** With fewer rules than this every grant looks whether packets still come to our chains … */
const VERIFY_ALWAYS = 32;
/** … and with more of them, where looking takes long, one grant in this many milliseconds. */
const VERIFY_EVERY = 500;
/** A deletion that failed is tried again after this time. */
const RETRY = 5_000;

/** Runs an {@link Adapter}. Requests are carried out one at a time, in the order they come. */
export class ManagedFirewall<V extends View> implements Firewall {
  readonly #adapter: Adapter<V>;
  readonly #options: ManagedOptions;
  readonly #runner: Runner;
  readonly #ledger = new Ledger();
  readonly #features = new Set<string>();
  /** Families that were made ready. */
  readonly #families = new Set<AddressFamily>();
  readonly #now: () => number;
  /** Asked at once: later the permission to ask may be gone. */
  readonly #isRoot = Deno.uid() === 0;
  #queue: Promise<unknown> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #checkTimer: ReturnType<typeof setInterval> | undefined;
  #released = false;
  #verified = -Infinity;

  constructor(adapter: Adapter<V>, options: ManagedOptions) {
    this.#adapter = adapter;
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#runner = new Runner({
      ...options.runner,
      echo: (text) => this.#emit({ type: "command", text }),
      warn: (text) => this.#emit({ type: "warning", text }),
    });
  }

  get name(): string {
    return this.#adapter.name;
  }

  prepare(inherited?: readonly HeldRule[]): Promise<void> {
    return this.#serially(async () => {
      const flush = inherited === undefined && this.#options.flushAtStart === true;
      const [first, ...others] = this.#adapter.families;
      try {
        if (first !== undefined) await this.#makeReady(first, flush, inherited ?? []);
        for (const family of others) {
          // A host without the other family is no reason not to serve this one.
          const view = await this.#look({ families: new Set([family]), everywhere: false });
          if (!(view instanceof HintedError) && view.present.has(family)) {
            await this.#makeReady(family, flush, inherited ?? []);
          }
        }
      } catch (error) {
        await this.#runner.close();
        throw error;
      }
      await this.#advise();
      const { checkSeconds } = this.#options;
      if (checkSeconds > 0) {
        this.#checkTimer = setInterval(() => void this.check(), checkSeconds * 1000);
      }
      this.#arm();
    });
  }

  open(grant: Grant): Promise<OpenResult> {
    return this.#serially(async () => {
      if (this.#released) return failed("The firewall was let go of");
      const refusal = validateGrant(grant, this.#now());
      if (refusal !== undefined) return failed(`The firewall refuses the request: ${refusal}`);
      const { family } = grant.address;
      if (!this.#families.has(family)) {
        try {
          await this.#makeReady(family, false, []);
        } catch (error) {
          if (!(error instanceof HintedError)) throw error;
          return failed(error.message);
        }
      }
      const rules = this.#adapter.rules(grant, this.#features, this.#now());
      if (typeof rules === "string") return failed(rules);
      const present: RuleSummary[] = [];
      const fresh = new Map<string, Rule>();
      for (const rule of rules) {
        const standing = this.#ledger.get(rule.key);
        const lasts = standing !== undefined && standing.value === rule.value &&
          standing.summary.expires >= rule.summary.expires;
        if (lasts) present.push(standing.summary);
        else fresh.set(rule.key, rule);
      }
      const error = await this.#putIn([...fresh.values()]);
      if (error !== undefined) return { ...failed(error), present };
      for (const rule of fresh.values()) this.#ledger.add(rule);
      this.#arm();
      return { added: [...fresh.values()].map(({ summary }) => summary), present };
    });
  }

  list(): Promise<readonly RuleSummary[]> {
    return this.#serially(async () => {
      const summaries: RuleSummary[] = [];
      for (const [index, family] of this.#adapter.families.entries()) {
        const view = await this.#look({ families: new Set([family]), everywhere: false });
        if (view instanceof HintedError) {
          // Only the first family must be there; of another one nothing can be ours if it is not.
          if (index === 0) throw view;
          continue;
        }
        for (const { key, summary } of view.rules) {
          const stanza = summary.stanza ?? this.#ledger.get(key)?.summary.stanza;
          summaries.push(stanza === undefined ? summary : { ...summary, stanza });
        }
      }
      return summaries;
    });
  }

  show(all: boolean): Promise<readonly string[]> {
    return this.#serially(async () => {
      const outcomes = await this.#runner.query(this.#adapter.show(all));
      return outcomes.map(({ stdout, stderr }) => `${stdout}${stderr}`);
    });
  }

  flush(whole = false): Promise<void> {
    return this.#serially(() => this.#dismantle(true, whole));
  }

  check(): Promise<void> {
    return this.#serially(async () => {
      if (this.#released) return;
      const error = await this.#mend();
      if (error !== undefined) this.#emit({ type: "error", text: error });
      await this.#expire();
      this.#arm();
    });
  }

  held(): readonly HeldRule[] {
    return this.#ledger.all();
  }

  release(): Promise<void> {
    return this.#serially(() => this.#letGo());
  }

  close(): Promise<void> {
    return this.#serially(async () => {
      try {
        if (this.#options.flushAtExit === true) await this.#dismantle(false, true);
        else if (this.#options.flushAtExit === undefined) await this.#dismantle(false, false);
      } finally {
        await this.#letGo();
      }
    });
  }

  #emit(event: FirewallEvent): void {
    this.#options.onEvent?.(event);
  }

  #serially<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }

  async #look(scope: Scope): Promise<V | HintedError> {
    const outcomes = await this.#runner.query(this.#adapter.look(scope));
    const view = this.#adapter.read(scope, outcomes);
    return typeof view === "string"
      ? new HintedError(view, { hint: hintFor(outcomes, this.#isRoot) })
      : view;
  }

  /** A view where the adapter needs one for every change. */
  async #current(): Promise<V | undefined> {
    if (!this.#adapter.readsFirst) return undefined;
    const view = await this.#look({ families: this.#families, everywhere: false });
    return view instanceof HintedError ? undefined : view;
  }

  /** Probes, makes chains and jumps, adopts and clears up: for one family. @throws {HintedError} */
  async #makeReady(
    family: AddressFamily,
    flush: boolean,
    inherited: readonly HeldRule[],
  ): Promise<void> {
    if (!this.#adapter.families.includes(family)) {
      throw new HintedError(`${this.name} cannot serve IPv${family} here`);
    }
    const scope = { families: new Set([family]), everywhere: false };
    const view = await this.#look(scope);
    if (view instanceof HintedError) throw view;
    await this.#probe(family);
    const preparation = this.#adapter.prepare(view, scope, flush);
    if (preparation.error !== undefined) {
      throw new HintedError(preparation.error, { hint: preparation.hint });
    }
    const failure = await this.#runner.apply(preparation.plan);
    if (failure !== undefined) {
      throw new HintedError(failure.text, { hint: hintFor([], this.#isRoot) });
    }
    for (const jump of preparation.jumps) this.#emit({ type: "jump", ...jump });
    this.#families.add(family);
    if (!flush) await this.#adopt(view, new Map(inherited.map((rule) => [rule.key, rule.summary])));
  }

  async #advise(): Promise<void> {
    const { advice } = this.#adapter;
    if (advice === undefined) return;
    for (const text of advice.read(await this.#runner.query(advice.look()))) {
      this.#emit({ type: "warning", text });
    }
  }

  async #probe(family: AddressFamily): Promise<void> {
    for (const { feature, plan, success, failure, hint } of this.#adapter.probes(family)) {
      const refused = await this.#runner.apply(plan);
      if (refused === undefined) {
        this.#features.add(feature);
        if (success !== undefined) this.#emit({ type: "info", text: success });
        continue;
      }
      const text = `${failure} (${refused.text})`;
      if (hint !== undefined) throw new HintedError(text, { hint });
      this.#emit({ type: "warning", text });
    }
  }

  /** Takes over what is still granted; takes out what is over, unreadable or doubled. */
  async #adopt(view: V, known: ReadonlyMap<string, RuleSummary>): Promise<void> {
    const now = this.#now() / 1000;
    const over = view.rules.filter(({ key, summary }) =>
      summary.expires <= now && this.#ledger.get(key) === undefined
    );
    const doubled: Rule[] = [];
    const seen = new Set<string>();
    for (const rule of view.rules) {
      if (rule.summary.expires <= now) continue;
      if (seen.has(rule.key)) doubled.push(rule);
      else if (this.#ledger.get(rule.key) === undefined) {
        const inherited = known.get(rule.key);
        this.#ledger.add(inherited === undefined ? rule : { ...rule, summary: inherited });
        if (inherited === undefined) this.#emit({ type: "adopted", rule: rule.summary });
      }
      seen.add(rule.key);
    }
    const { left } = await this.#takeOut([...view.broken, ...over, ...doubled]);
    for (const [index, { key, summary }] of over.entries()) {
      if (!left.has(key)) this.#emit({ type: "removed", rule: summary, number: index + 1 });
    }
  }

  /** Puts rules in as one change; mends the chains and tries once more if that fails. */
  async #putIn(rules: readonly Rule[]): Promise<string | undefined> {
    if (rules.length === 0) return undefined;
    let failure = await this.#apply(rules, "add");
    if (failure === undefined) return undefined;
    if (failure.partial) await this.#undo(rules);
    if (failure.refused) {
      const error = await this.#mend();
      if (error !== undefined) return error;
      failure = await this.#apply(rules, "add");
      if (failure === undefined) return undefined;
      if (failure.partial) await this.#undo(rules);
    }
    return failure.text;
  }

  async #apply(rules: readonly Rule[], how: "add" | "remove"): Promise<Failure | undefined> {
    const change = await this.#change(rules, how === "add" && this.#shouldVerify());
    if (this.#adapter.readsFirst && change.view === undefined) {
      // Writing without having read would wipe what others put there.
      return { text: `${this.name} could not be read`, refused: false, partial: false };
    }
    return await this.#runner.apply(this.#adapter[how](change));
  }

  /** What one grant does not notice {@link check} does. */
  #shouldVerify(): boolean {
    const now = performance.now();
    if (this.#ledger.size >= VERIFY_ALWAYS && now - this.#verified < VERIFY_EVERY) return false;
    this.#verified = now;
    return true;
  }

  async #change(rules: readonly Rule[], verify = false): Promise<Change<V>> {
    const view = await this.#current();
    return {
      rules,
      replaced: rules.flatMap(({ key }) => this.#ledger.get(key) ?? []),
      now: this.#now(),
      verify,
      ...(view === undefined ? {} : { view }),
    };
  }

  /** Makes sure that rules which may have been put in are not there. */
  async #undo(rules: readonly Rule[]): Promise<void> {
    await this.#runner.force(this.#adapter.remove(await this.#change(rules)));
    const view = await this.#look({ families: this.#families, everywhere: false });
    const listed = view instanceof HintedError ? rules : view.rules;
    const keys = new Set(listed.map(({ key }) => key));
    const left = rules.filter(({ key }) => keys.has(key));
    if (left.length === 0) return;
    // They end with the next round of deletions.
    for (const rule of left) {
      const expires = Math.floor(this.#now() / 1000);
      this.#ledger.add({ ...rule, summary: { ...rule.summary, expires } });
      this.#emit({ type: "error", text: `A rule may be left in ${rule.summary.chain}` });
    }
    this.#arm(RETRY);
  }

  /** Takes rules out, even if some are gone already. */
  async #takeOut(rules: readonly Rule[]): Promise<{ left: Keys; gone: Keys }> {
    const none = { left: new Set<string>(), gone: new Set<string>() };
    if (rules.length === 0) return none;
    const failure = await this.#apply(rules, "remove");
    if (failure === undefined) return none;
    const keys = new Set(rules.map(({ key }) => key));
    let gone: Keys | undefined;
    const attempts = [
      (some: readonly Rule[]) => this.#apply(some, "remove"),
      async (some: readonly Rule[]) =>
        await this.#runner.force(this.#adapter.remove(await this.#change(some))),
      () => Promise.resolve(),
    ];
    let left: readonly Rule[] = rules;
    for (const attempt of attempts) {
      const view = await this.#look({ families: this.#families, everywhere: false });
      if (view instanceof HintedError) {
        this.#emit({ type: "error", text: view.message });
        return { left: keys, gone: none.gone };
      }
      // What is marked as over is taken out as it is listed, even if it does not look like our own rule.
      const now = this.#now() / 1000;
      left = [...view.rules, ...view.broken]
        .filter(({ key, summary }) => keys.has(key) || summary.expires <= now);
      const listed = new Set(left.map(({ key }) => key));
      if (!failure.partial) gone ??= new Set([...keys].filter((key) => !listed.has(key)));
      if (left.length === 0) break;
      await attempt(left);
    }
    if (left.length > 0) this.#emit({ type: "error", text: failure.text });
    return { left: new Set(left.map(({ key }) => key)), gone: gone ?? none.gone };
  }

  /** Ends what is over. */
  async #expire(): Promise<void> {
    const now = this.#now() / 1000;
    const due = this.#ledger.due(now);
    if (due.length === 0) return;
    const { left, gone } = await this.#takeOut(this.#adapter.endsByItself ? [] : due);
    const numbers = new Map<string, number>();
    for (const { key, summary } of this.#ledger.all()) {
      const number = (numbers.get(summary.chain) ?? 0) + 1;
      numbers.set(summary.chain, number);
      if (summary.expires > now || left.has(key)) continue;
      if (gone.has(key)) this.#emit({ type: "vanished", rule: summary });
      else this.#emit({ type: "removed", rule: summary, number });
      this.#ledger.delete(key);
    }
  }

  /**
   * Looks at the firewall and mends it. Where our chain or its jump was lost, somebody flushed the firewall,
   * and rules still granted are put back; a single rule that is gone was deleted on purpose and stays away.
   */
  async #mend(): Promise<string | undefined> {
    const scope = { families: this.#families, everywhere: false };
    const view = await this.#look(scope);
    if (view instanceof HintedError) return view.message;
    const now = this.#now() / 1000;
    const listed = new Set(view.rules.map(({ key }) => key));
    const missing = this.#ledger.all().filter(({ key, summary, family }) =>
      !listed.has(key) && summary.expires > now && this.#families.has(family)
    );
    await this.#adopt(view, new Map());
    if (view.intact) {
      for (const { key, summary } of missing) {
        this.#ledger.delete(key);
        this.#emit({ type: "vanished", rule: summary });
      }
      return undefined;
    }
    const preparation = this.#adapter.prepare(view, scope, false);
    if (preparation.error !== undefined) return preparation.error;
    const plan: Plan = [
      ...preparation.plan,
      ...(missing.length === 0 ? [] : this.#adapter.add({
        rules: missing,
        replaced: [],
        verify: false,
        now: this.#now(),
        view,
      })),
    ];
    const failure = await this.#runner.apply(plan);
    if (failure !== undefined) return failure.text;
    for (const jump of preparation.jumps) this.#emit({ type: "jump", ...jump });
    for (const { summary } of missing) this.#emit({ type: "restored", rule: summary });
    return undefined;
  }

  async #dismantle(everywhere: boolean, whole: boolean): Promise<void> {
    for (const [index, family] of this.#adapter.families.entries()) {
      if (!everywhere && !this.#families.has(family)) continue;
      const scope = { families: new Set([family]), everywhere };
      const view = await this.#look(scope);
      if (view instanceof HintedError) {
        if (index === 0) throw view;
        continue;
      }
      const plan = this.#adapter.dismantle(view, scope, whole);
      const failure = await this.#runner.apply(plan);
      if (failure === undefined) continue;
      // Somebody changed the chains in between: do what can be done, one by one.
      const failures = await this.#runner.force(plan);
      const after = await this.#look(scope);
      if (after instanceof HintedError) throw after;
      if (after.rules.length > 0 || after.broken.length > 0) {
        throw new HintedError(failures[0] ?? failure.text, { hint: hintFor([], this.#isRoot) });
      }
    }
    for (const { key } of this.#ledger.all()) this.#ledger.delete(key);
  }

  async #letGo(): Promise<void> {
    this.#released = true;
    clearTimeout(this.#timer);
    clearInterval(this.#checkTimer);
    await this.#runner.close();
  }

  /** One timer for the next deadline, not before `least` milliseconds have passed. */
  #arm(least = 0): void {
    clearTimeout(this.#timer);
    const next = this.#ledger.next();
    if (next === undefined || this.#released) return;
    const wait = Math.min(Math.max(next * 1000 - this.#now(), least, 0), LONGEST_SLEEP);
    this.#timer = setTimeout(() => {
      void this.#serially(async () => {
        if (this.#released) return;
        await this.#expire();
        this.#arm(this.#ledger.due(this.#now() / 1000).length > 0 ? RETRY : 0);
      });
    }, wait);
  }
}

type Keys = ReadonlySet<string>;

/** What to do about a firewall program that does not work. */
function hintFor(outcomes: readonly Outcome[], isRoot: boolean): string {
  const absent = outcomes.find(({ code }) => code === NOT_FOUND || code === CANNOT_RUN);
  if (absent !== undefined) {
    return "Install the program, or name the right one with FIREWALL_EXE";
  }
  if (!isRoot) return "Start as root: only root may change the firewall";
  const bad = outcomes.find(({ code }) => code !== 0);
  return bad === undefined
    ? "With -v -v every command is shown as it is run"
    : `Try by hand: ${bad.words.join(" ")}`;
}

function failed(error: string): OpenResult {
  return { added: [], present: [], error };
}
