/**
 * Test mode: a firewall that reports what it would do and touches nothing.
 *
 * @module
 */
import type { Adapter, View } from "./adapter.ts";
import { refused } from "./enforcer.ts";
import {
  type AdapterKind,
  type Answers,
  type Firewall,
  type FirewallEvent,
  type FirewallRequest,
  keyed,
  type OpenResult,
  type RequestName,
} from "./firewall.ts";
import type { Grant } from "./grant.ts";
import { describePlan } from "./plan.ts";
import { readRequest } from "./requests.ts";

/** The answer to every request except a grant: nothing is in force. */
const NOTHING: { readonly [N in Exclude<RequestName, "open">]: Answers[N] } = {
  prepare: undefined,
  list: [],
  show: [],
  flush: undefined,
  revoke: 0,
  check: undefined,
  held: [],
  release: undefined,
  close: undefined,
};

/** Starts no program at all, not even to list rules, and remembers no grant. */
export class DryRunFirewall<V extends View> implements Firewall {
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

  /** Answers a grant as if it had been carried out, and reports its commands as events. */
  ask<N extends RequestName>(request: FirewallRequest<N>): Promise<Answers[N]>;
  ask(request: FirewallRequest): Promise<Answers[RequestName]> {
    if (request.name !== "open") return Promise.resolve(NOTHING[request.name]);
    const read = readRequest<"open">(request, "ready", this.#now());
    return Promise.resolve(typeof read === "string" ? refused(read) : this.#open(read.grant));
  }

  #open(grant: Grant): OpenResult {
    const rules = this.#adapter.rules(grant, this.#features(), this.#now());
    if (typeof rules === "string") return refused(rules);
    const plan = this.#adapter.add({ rules, replaced: [], now: this.#now() });
    if (typeof plan === "string") return refused(plan);
    for (const text of describePlan(plan)) this.#onEvent({ type: "command", text });
    return { added: rules.map(keyed), present: [] };
  }

  /** No probe runs, so every feature is assumed to work, as it does on most hosts. */
  #features(): Set<string> {
    const { families } = this.#adapter;
    return new Set(
      families.flatMap((family) => this.#adapter.probes(family).map(({ feature }) => feature)),
    );
  }
}
