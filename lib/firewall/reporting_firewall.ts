/**
 * Test mode: a firewall that says what it would do and touches nothing.
 *
 * @module
 */
import type { Adapter, View } from "./adapter.ts";
import type {
  AdapterKind,
  Firewall,
  FirewallEvent,
  Listing,
  OpenResult,
  RuleSummary,
} from "./firewall.ts";
import type { Grant } from "./grant.ts";
import { describePlan } from "./plan.ts";
import { validateGrant } from "./validate_grant.ts";

/** Starts no program at all, not even to look. */
export class ReportingFirewall<V extends View> implements Firewall {
  readonly #adapter: Adapter<V>;
  readonly #onEvent: (event: FirewallEvent) => void;
  readonly #now: () => number;

  constructor(
    adapter: Adapter<V>,
    options: { onEvent?: (event: FirewallEvent) => void; now?: () => number } = {},
  ) {
    this.#adapter = adapter;
    this.#onEvent = options.onEvent ?? (() => {});
    this.#now = options.now ?? Date.now;
  }

  get kind(): AdapterKind {
    return this.#adapter.kind;
  }

  get name(): string {
    return `${this.#adapter.name} (test mode)`;
  }

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  /** What {@link Firewall.open} would have added; the commands are reported as events. */
  open(grant: Grant): Promise<OpenResult> {
    const refusal = validateGrant(grant, this.#now());
    const rules = refusal === undefined
      ? this.#adapter.rules(grant, this.#features(), this.#now())
      : `The firewall refuses the request: ${refusal}`;
    if (typeof rules === "string") {
      return Promise.resolve({ added: [], present: [], error: rules });
    }
    const plan = this.#adapter.add({ rules, replaced: [], now: this.#now() });
    if (typeof plan === "string") {
      return Promise.resolve({ added: [], present: [], error: plan });
    }
    for (const text of describePlan(plan)) {
      this.#onEvent({ type: "command", text });
    }
    return Promise.resolve({ added: rules.map(({ summary }) => summary), present: [] });
  }

  list(): Promise<readonly RuleSummary[]> {
    return Promise.resolve([]);
  }

  show(): Promise<readonly Listing[]> {
    return Promise.resolve([]);
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  flushElsewhere(): Promise<void> {
    return Promise.resolve();
  }

  revoke(): Promise<void> {
    return Promise.resolve();
  }

  check(): Promise<void> {
    return Promise.resolve();
  }

  held(): readonly [] {
    return [];
  }

  release(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Nothing is tried, so everything is taken to be there: as on most hosts. */
  #features(): Set<string> {
    const { families } = this.#adapter;
    return new Set(
      families.flatMap((family) => this.#adapter.probes(family).map(({ feature }) => feature)),
    );
  }
}
