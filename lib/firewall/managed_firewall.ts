/**
 * A firewall run by its adapter: keeps what is in force, ends it on time, and mends what others break.
 *
 * @module
 */
import { type Clocks, HOST_CLOCKS } from "../clocks.ts";
import { HintedError } from "../errors/hinted_error.ts";
import { ownUid } from "../own_uid.ts";
import type { AddressFamily } from "../net/address.ts";
import type { Adapter, Rule, View } from "./adapter.ts";
import type {
  AdapterKind,
  Firewall,
  FirewallEvent,
  HeldRule,
  Listing,
  OpenResult,
  RuleSummary,
} from "./firewall.ts";
import type { Grant } from "./grant.ts";
import { Ledger } from "./ledger.ts";
import { Lookout } from "./lookout.ts";
import { PRETENDED_PROGRAMS } from "./programs.ts";
import { RuleChanges } from "./rule_changes.ts";
import { roomFor } from "./rule_room.ts";
import { Runner, type RunnerOptions } from "./runner.ts";
import type { RulesetWatch } from "./ruleset_watch.ts";
import { Upkeep } from "./upkeep.ts";
import { validateGrant } from "./validate_grant.ts";

/** What the configuration says about the life of a firewall. */
export interface ManagedOptions {
  /** FLUSH_IPT_AT_INIT as written; absent: rules of ours that are still granted are adopted. */
  readonly flushAtStart?: boolean;
  /** FLUSH_IPT_AT_EXIT as written; absent: rules of ours are removed, other people's stay. */
  readonly flushAtExit?: boolean;
  /** Seconds between two looks at what changed underneath; 0: only when something fails. */
  readonly checkSeconds: number;
  /** Seconds that the configuration grants at most. A rule that is found at a start ends no later, whatever it says. */
  readonly longest?: number;
  readonly onEvent?: (event: FirewallEvent) => void;
  readonly runner?: Omit<RunnerOptions, "echo" | "warn" | "during">;
  /** Opens the kernel's news about the ruleset; absent: what others change is met at the next look. */
  readonly watch?: () => RulesetWatch | undefined;
  /** Those of this host by default. */
  readonly clocks?: Clocks;
}

/** A clock set forward is noticed within this time. */
const LONGEST_SLEEP = 60_000;
/** A deletion that failed is tried again after this time. */
const RETRY = 5_000;

/** Runs an {@link Adapter}. Requests are carried out one at a time, in the order they come. */
export class ManagedFirewall<V extends View> implements Firewall {
  readonly #adapter: Adapter<V>;
  readonly #options: ManagedOptions;
  readonly #runner: Runner;
  readonly #ledger: Ledger;
  /** Families that were made ready. */
  readonly #families = new Set<AddressFamily>();
  readonly #now: () => number;
  readonly #changes: RuleChanges<V>;
  readonly #upkeep: Upkeep<V>;
  readonly #steady: () => number;
  #lookout: Lookout | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  /** Requests under way or waiting. */
  #requests = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the timer has rung and its work waits or is under way. */
  #rang = false;
  #checkTimer: ReturnType<typeof setInterval> | undefined;
  #released = false;
  /** Why the last look failed. */
  #told: string | undefined;

  constructor(adapter: Adapter<V>, options: ManagedOptions) {
    this.#adapter = adapter;
    this.#options = options;
    const clocks = options.clocks ?? HOST_CLOCKS;
    this.#now = clocks.now;
    this.#steady = clocks.steady;
    this.#ledger = new Ledger(clocks);
    this.#runner = new Runner({
      ...options.runner,
      echo: (text) =>
        this.#emit({
          type: "command",
          get text() {
            return text();
          },
        }),
      warn: (text) => this.#emit({ type: "warning", text }),
      during: (work) => this.#lookout === undefined ? work() : this.#lookout.during(work),
    });
    const place = {
      adapter,
      runner: this.#runner,
      ledger: this.#ledger,
      families: this.#families,
      now: this.#now,
      emit: (event: FirewallEvent) => this.#emit(event),
      longest: options.longest ?? Infinity,
      isRoot: ownUid() === 0,
    };
    this.#changes = new RuleChanges(place);
    this.#upkeep = new Upkeep(place, this.#changes);
  }

  get kind(): AdapterKind {
    return this.#adapter.kind;
  }

  get name(): string {
    return this.#adapter.name;
  }

  prepare(inherited?: readonly HeldRule[]): Promise<void> {
    return this.#serially(async () => {
      const flush = inherited === undefined && this.#options.flushAtStart === true;
      this.#listen();
      const [first, ...others] = this.#adapter.families;
      try {
        if (first !== undefined) await this.#upkeep.makeReady(first, flush, inherited ?? []);
        for (const family of others) {
          // A host without the other family is no reason not to serve this one.
          const view = await this.#changes.look({
            families: new Set([family]),
            extent: "configured",
          });
          if (!(view instanceof HintedError) && view.present.has(family)) {
            await this.#upkeep.makeReady(family, flush, inherited ?? []);
          }
        }
      } catch (error) {
        this.#lookout?.close();
        await this.#runner.close();
        throw error;
      }
      const { checkSeconds } = this.#options;
      if (checkSeconds > 0) {
        this.#checkTimer = setInterval(() => {
          if (this.#ledger.size > 0 || this.#looksWhenIdle()) void this.check();
        }, checkSeconds * 1000);
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
          await this.#upkeep.makeReady(family, false, []);
        } catch (error) {
          if (!(error instanceof HintedError)) throw error;
          return failed(error.message);
        }
      }
      const rules = this.#adapter.rules(grant, this.#upkeep.features, this.#now());
      if (typeof rules === "string") return failed(rules);
      const standing = rules.filter(({ key, value, summary }) => {
        const known = this.#ledger.get(key);
        return known !== undefined && known.value === value &&
          known.summary.expires >= summary.expires;
      });
      // Somebody may have taken them out since; whoever knocks again is told the truth. Others do not wait.
      const lost = standing.length === 0 ? [] : await this.#changes.missing(standing);
      for (const { key } of lost) this.#ledger.delete(key);
      const kept = new Set(standing.filter((rule) => !lost.includes(rule)));
      const present = [...kept].flatMap(({ key }) => this.#ledger.get(key)?.summary ?? []);
      const fresh = new Map(
        rules.filter((rule) => !kept.has(rule)).map((rule) => [rule.key, rule]),
      );
      const room = roomFor(grant, [...fresh.values()], this.#ledger);
      if (room === "full") return { ...failed(FULL), present, isFull: true };
      const error = await this.#changes.putIn(
        [...fresh.values()],
        () => this.#upkeep.mend(),
      );
      if (error !== undefined) {
        // What may be left of it is over, and the firewall that did not take it out just now gets a pause.
        this.#arm(this.#ledger.due().length > 0 ? RETRY : 0);
        return { ...failed(error), present };
      }
      this.#retire(room.retired);
      this.#arm();
      return { added: [...fresh.values()].map(({ summary }) => summary), present };
    });
  }

  list(): Promise<readonly RuleSummary[]> {
    return this.#serially(async () => {
      const summaries: RuleSummary[] = [];
      for (const [index, family] of this.#adapter.families.entries()) {
        const view = await this.#changes.look({
          families: new Set([family]),
          extent: "everywhere",
        });
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

  show(all: boolean, family: AddressFamily = 4): Promise<readonly Listing[]> {
    return this.#serially(async () => {
      const outcomes = await this.#runner.query(this.#adapter.show(all, family));
      return outcomes.map(({ stdout, stderr }) => ({ text: stdout, complaint: stderr }));
    });
  }

  flush(whole = false): Promise<void> {
    return this.#serially(() => this.#upkeep.dismantle("everywhere", whole));
  }

  flushElsewhere(): Promise<void> {
    return this.#serially(() => this.#upkeep.dismantle("elsewhere", false));
  }

  revoke(): Promise<void> {
    return this.#serially(async () => {
      if (this.#released) return;
      await this.#upkeep.dismantle("configured", false);
      const error = await this.#upkeep.mend(true);
      if (error !== undefined) this.#emit({ type: "error", text: error });
    });
  }

  async check(): Promise<void> {
    await this.#look();
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
        if (this.#options.flushAtExit === true) await this.#upkeep.dismantle("configured", true);
        else if (this.#options.flushAtExit === undefined) {
          await this.#upkeep.dismantle("configured", false);
        }
      } finally {
        await this.#letGo();
      }
    });
  }

  pretend(): Firewall {
    const runner = { ...this.#options.runner, programs: PRETENDED_PROGRAMS };
    const double = new ManagedFirewall(this.#adapter, { checkSeconds: 0, runner });
    for (const family of this.#families) double.#families.add(family);
    double.#upkeep.assume(this.#upkeep.features);
    return double;
  }

  /** Tells whether all is as it has to be. */
  #look(): Promise<boolean> {
    return this.#serially(async () => {
      if (this.#released) return true;
      const error = await this.#upkeep.mend();
      // What fails again and again is told once.
      if (error !== undefined && error !== this.#told) this.#emit({ type: "error", text: error });
      this.#told = error;
      await this.#expire();
      this.#arm();
      return error === undefined;
    });
  }

  #listen(): void {
    const { heed } = this.#adapter;
    const watch = heed === undefined ? undefined : this.#options.watch?.();
    if (heed === undefined || watch === undefined) return;
    this.#lookout = new Lookout({
      heed,
      watch,
      look: () => this.#look(),
      steady: this.#steady,
    });
  }

  /**
   * Whether to look now and then although nothing is granted: for what protects services, and for rules of others that
   * only we would end. A server that the kernel tells of changes sleeps.
   */
  #looksWhenIdle(): boolean {
    if (this.#lookout?.hears === true) return false;
    return this.#adapter.needsUpkeep || !this.#adapter.endsByItself;
  }

  #emit(event: FirewallEvent): void {
    this.#options.onEvent?.(event);
  }

  /** One request after another; the first begins at once. */
  #serially<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#requests++ === 0 ? work() : this.#queue.then(work);
    this.#queue = result.catch(() => {}).finally(() => this.#requests--);
    return result;
  }

  /** Ends rules before their time; the timer that is armed next takes them out, so that no grant waits for it. */
  #retire(rules: readonly Rule[]): void {
    const expires = Math.floor(this.#now() / 1000);
    for (const rule of rules) {
      this.#ledger.add({ ...rule, summary: { ...rule.summary, expires }, stray: true });
    }
  }

  /** Ends a portion of what is over; tells whether something of it could not be ended. */
  async #expire(): Promise<boolean> {
    const due = this.#ledger.due();
    if (due.length === 0) return false;
    // What the firewall ends by itself costs nothing, and the rest is tidying up, for which no grant waits.
    const own = this.#adapter.endsByItself ? due.filter(({ stray }) => stray) : due;
    const portion = this.#changes.portion(own);
    const waiting = new Set(own.slice(portion.length).map(({ key }) => key));
    const over = new Set(due.flatMap(({ key }) => waiting.has(key) ? [] : [key]));
    const { left, gone } = await this.#changes.takeOut(portion);
    const numbers = new Map<string, number>();
    for (const rule of this.#ledger.all()) {
      const { key, summary } = rule;
      const number = (numbers.get(summary.chain) ?? 0) + 1;
      numbers.set(summary.chain, number);
      if (!over.has(key)) continue;
      this.#ledger.delete(key);
      // Others get their turn before it is tried again.
      if (left.has(key)) this.#ledger.add(rule);
      else if (gone.has(key)) this.#emit({ type: "vanished", rule: summary });
      else this.#emit({ type: "removed", rule: summary, number });
    }
    return left.size > 0;
  }

  async #letGo(): Promise<void> {
    this.#released = true;
    clearTimeout(this.#timer);
    clearInterval(this.#checkTimer);
    this.#lookout?.close();
    await this.#runner.close();
  }

  /** One timer for the next deadline, not before `least` milliseconds have passed. */
  #arm(least = 0): void {
    clearTimeout(this.#timer);
    const next = this.#ledger.wait();
    if (next === undefined || this.#released || this.#rang) return;
    const wait = Math.min(Math.max(next, least), LONGEST_SLEEP);
    this.#timer = setTimeout(() => {
      this.#rang = true;
      void this.#serially(async () => {
        if (this.#released) return;
        // What should have ended and did not is tried again later; what did not have its turn follows at once, behind
        // grants that came meanwhile.
        const failed = await this.#expire().finally(() => this.#rang = false);
        this.#arm(failed ? RETRY : 0);
      });
    }, wait);
  }
}

/** The C daemon's words, of its ipfw. */
const FULL = "Access request rejected: Maximum allowed number of rules has been reached.";

function failed(error: string): OpenResult {
  return { added: [], present: [], error };
}
