/**
 * A firewall run by its adapter: one request after another, one timer on the next end.
 *
 * @module
 */
import { type Clocks, HOST_CLOCKS } from "../clocks.ts";
import { ownUid } from "../own_uid.ts";
import type { AddressFamily } from "../net/address.ts";
import type { Adapter, View } from "./adapter.ts";
import { Enforcer, refused } from "./enforcer.ts";
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

/** Runs an {@link Adapter}. Requests are carried out one at a time, in the order they come. */
export class ManagedFirewall<V extends View> implements Firewall {
  readonly #adapter: Adapter<V>;
  readonly #options: ManagedOptions;
  readonly #runner: Runner;
  readonly #ledger: Ledger;
  readonly #clocks: Clocks;
  /** Families that were made ready. */
  readonly #families = new Set<AddressFamily>();
  readonly #upkeep: Upkeep<V>;
  readonly #enforcer: Enforcer<V>;
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
    this.#clocks = options.clocks ?? HOST_CLOCKS;
    this.#ledger = new Ledger(this.#clocks);
    this.#runner = new Runner({
      ...options.runner,
      echo: (text) =>
        this.#report({
          type: "command",
          get text() {
            return text();
          },
        }),
      warn: (text) => this.#report({ type: "warning", text }),
      during: (work) => this.#lookout === undefined ? work() : this.#lookout.during(work),
    });
    const context = {
      adapter,
      runner: this.#runner,
      ledger: this.#ledger,
      families: this.#families,
      now: this.#clocks.now,
      report: (event: FirewallEvent) => this.#report(event),
      longest: options.longest ?? Infinity,
      isRoot: ownUid() === 0,
    };
    const changes = new RuleChanges(context);
    this.#upkeep = new Upkeep(context, changes);
    this.#enforcer = new Enforcer(context, changes, this.#upkeep);
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
      try {
        await this.#upkeep.start(flush, inherited ?? []);
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
      if (this.#released) return refused("The firewall was let go of");
      const refusal = validateGrant(grant, this.#clocks.now());
      if (refusal !== undefined) return refused(`The firewall refuses the request: ${refusal}`);
      const { result, pause } = await this.#enforcer.grant(grant);
      if (pause !== undefined) this.#arm(pause);
      return result;
    });
  }

  list(): Promise<readonly RuleSummary[]> {
    return this.#serially(() => this.#enforcer.list());
  }

  show(all: boolean, family: AddressFamily = 4): Promise<readonly Listing[]> {
    return this.#serially(async () => {
      const outcomes = await this.#runner.query(this.#adapter.show(all, family));
      return outcomes.map(({ stdout, stderr }) => ({ text: stdout, complaint: stderr }));
    });
  }

  flush(whole = false): Promise<void> {
    return this.#serially(() => this.#upkeep.tearDown("everywhere", whole));
  }

  flushElsewhere(): Promise<void> {
    return this.#serially(() => this.#upkeep.tearDown("elsewhere", false));
  }

  revoke(): Promise<void> {
    return this.#serially(async () => {
      if (this.#released) return;
      await this.#upkeep.tearDown("configured", false);
      const error = await this.#upkeep.repair(true);
      if (error !== undefined) this.#report({ type: "error", text: error });
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
        if (this.#options.flushAtExit === true) await this.#upkeep.tearDown("configured", true);
        else if (this.#options.flushAtExit === undefined) {
          await this.#upkeep.tearDown("configured", false);
        }
      } finally {
        await this.#letGo();
      }
    });
  }

  pretend(): Firewall {
    const runner = { ...this.#options.runner, programs: PRETENDED_PROGRAMS };
    const double = new ManagedFirewall(this.#adapter, { checkSeconds: 0, runner });
    double.#upkeep.assume(this.#families, this.#upkeep.features);
    return double;
  }

  /** Tells whether all is as it has to be. */
  #look(): Promise<boolean> {
    return this.#serially(async () => {
      if (this.#released) return true;
      const error = await this.#upkeep.repair();
      // What fails again and again is told once.
      if (error !== undefined && error !== this.#told) this.#report({ type: "error", text: error });
      this.#told = error;
      await this.#enforcer.expire();
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
      steady: this.#clocks.steady,
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

  #report(event: FirewallEvent): void {
    this.#options.onEvent?.(event);
  }

  /** One request after another; the first begins at once. */
  #serially<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#requests++ === 0 ? work() : this.#queue.then(work);
    this.#queue = result.catch(() => {}).finally(() => this.#requests--);
    return result;
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
        // The next portion follows behind grants that came meanwhile.
        this.#arm(await this.#enforcer.expire().finally(() => this.#rang = false));
      });
    }, wait);
  }
}
