/**
 * A firewall that an adapter drives: it carries out one request after another, and one timer waits for the next deadline.
 *
 * @module
 */
import { type Clocks, HOST_CLOCKS } from "../clocks.ts";
import { HintedError } from "../errors/hinted_error.ts";
import { ownUid } from "../own_uid.ts";
import type { AddressFamily } from "../net/address.ts";
import type { Adapter, View } from "./adapter.ts";
import { Enforcer, refused } from "./enforcer.ts";
import type {
  AdapterKind,
  Answers,
  Firewall,
  FirewallEvent,
  FirewallRequest,
  RequestName,
} from "./firewall.ts";
import { Ledger } from "./ledger.ts";
import { Lookout } from "./lookout.ts";
import { NO_OP_PROGRAMS } from "./programs.ts";
import { type Phase, readRequest } from "./requests.ts";
import { RuleChanges } from "./rule_changes.ts";
import { Runner, type RunnerOptions } from "./runner.ts";
import type { RulesetWatch } from "./ruleset_watch.ts";
import { Upkeep } from "./upkeep.ts";

/** What the configuration says about starting, checking and stopping a firewall. */
export interface ManagedOptions {
  /** FLUSH_IPT_AT_INIT as the configuration sets it; absent: rules of ours that are still granted are adopted. */
  readonly flushAtStart?: boolean;
  /** FLUSH_IPT_AT_EXIT as the configuration sets it; absent: our rules are removed, those of others stay. */
  readonly flushAtExit?: boolean;
  /** Seconds between two checks for changes by other programs; 0: only when something fails. */
  readonly checkSeconds: number;
  /** The longest grant that the configuration allows, in seconds. A rule found at start ends no later than that. */
  readonly longest?: number;
  readonly onEvent?: (event: FirewallEvent) => void;
  readonly runner?: Omit<RunnerOptions, "echo" | "warn" | "during">;
  /** Opens the kernel's reports about the ruleset; absent: the next check finds the changes of other programs. */
  readonly watch?: () => RulesetWatch | undefined;
  /** The clocks of this host by default. */
  readonly clocks?: Clocks;
}

/** A clock that is set forward is noticed within this time, in milliseconds. */
const LONGEST_SLEEP = 60_000;

type Handlers = {
  readonly [N in RequestName]: (request: FirewallRequest<N>) => Promise<Answers[N]>;
};

/** Drives an {@link Adapter}. Requests are carried out one at a time, in order. */
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
  /** Number of requests that run or wait. */
  #requests = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the timer has fired and its work still waits or runs. */
  #rang = false;
  #checkTimer: ReturnType<typeof setInterval> | undefined;
  #phase: Phase = "new";
  /** Why the last check failed. */
  #reported: string | undefined;

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

  ask<N extends RequestName>(request: FirewallRequest<N>): Promise<Answers[N]> {
    return this.#serially(async () => {
      const read = readRequest(request, this.#phase, this.#clocks.now());
      if (typeof read !== "string") {
        const handle: Handlers[N] = this.#handlers[request.name];
        return await handle(read);
      }
      if (request.name === "open") return refused(read) as Answers[N];
      throw new HintedError(read);
    });
  }

  dryRun(): Firewall {
    const runner = { ...this.#options.runner, programs: NO_OP_PROGRAMS };
    const double = new ManagedFirewall(this.#adapter, { checkSeconds: 0, runner });
    double.#upkeep.assume(this.#families, this.#upkeep.features);
    double.#phase = "ready";
    return double;
  }

  readonly #handlers: Handlers = {
    prepare: async ({ inherited }) => {
      const flush = inherited === undefined && this.#options.flushAtStart === true;
      this.#listen();
      try {
        await this.#upkeep.start(flush, inherited ?? []);
      } catch (error) {
        this.#lookout?.close();
        await this.#runner.close();
        throw error;
      }
      this.#phase = "ready";
      const { checkSeconds } = this.#options;
      if (checkSeconds > 0) {
        this.#checkTimer = setInterval(() => {
          if (this.#ledger.size > 0 || this.#looksWhenIdle()) void this.#lookInTurn();
        }, checkSeconds * 1000);
      }
      this.#arm();
    },
    open: async ({ grant }) => {
      const { result, pause } = await this.#enforcer.grant(grant);
      if (pause !== undefined) this.#arm(pause);
      return result;
    },
    list: () => this.#enforcer.list(),
    show: async ({ all, family }) => {
      const outcomes = await this.#runner.query(this.#adapter.show(all, family));
      return outcomes.map(({ stdout, stderr }) => ({ text: stdout, complaint: stderr }));
    },
    flush: ({ extent, whole }) => this.#upkeep.tearDown(extent, whole),
    revoke: async () => {
      if (this.#phase === "released") return 0;
      const { size } = this.#ledger;
      await this.#upkeep.tearDown("configured", false);
      const error = await this.#upkeep.repair(true);
      if (error !== undefined) this.#report({ type: "error", text: error });
      return size;
    },
    check: async () => void await this.#look(),
    held: () => Promise.resolve(this.#ledger.all()),
    release: () => this.#release(),
    close: async () => {
      const { flushAtExit } = this.#options;
      try {
        if (flushAtExit !== false) await this.#upkeep.tearDown("configured", flushAtExit === true);
      } finally {
        await this.#release();
      }
    },
  };

  #lookInTurn(): Promise<boolean> {
    return this.#serially(() => this.#look());
  }

  /** Checks the firewall and repairs it. Resolves to whether it is in order now. */
  async #look(): Promise<boolean> {
    if (this.#phase === "released") return true;
    const error = await this.#upkeep.repair();
    // A failure that repeats is reported once.
    if (error !== undefined && error !== this.#reported) {
      this.#report({ type: "error", text: error });
    }
    this.#reported = error;
    await this.#enforcer.expire();
    this.#arm();
    return error === undefined;
  }

  #listen(): void {
    const { heed } = this.#adapter;
    const watch = heed === undefined ? undefined : this.#options.watch?.();
    if (heed === undefined || watch === undefined) return;
    this.#lookout = new Lookout({
      heed,
      watch,
      look: () => this.#lookInTurn(),
      steady: this.#clocks.steady,
    });
  }

  /**
   * Whether to check now and then although no grant is in force: to keep services protected, and to end rules of other
   * programs that only this daemon ends. If the kernel reports changes, this is not needed.
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

  async #release(): Promise<void> {
    this.#phase = "released";
    clearTimeout(this.#timer);
    clearInterval(this.#checkTimer);
    this.#lookout?.close();
    await this.#runner.close();
  }

  /** One timer for the next deadline, not before `least` milliseconds have passed. */
  #arm(least = 0): void {
    clearTimeout(this.#timer);
    const next = this.#ledger.wait();
    if (next === undefined || this.#phase === "released" || this.#rang) return;
    const wait = Math.min(Math.max(next, least), LONGEST_SLEEP);
    this.#timer = setTimeout(() => {
      this.#rang = true;
      void this.#serially(async () => {
        if (this.#phase === "released") return;
        // The next portion follows after grants that arrived meanwhile.
        this.#arm(await this.#enforcer.expire().finally(() => this.#rang = false));
      });
    }, wait);
  }
}
