/**
 * Hands decisions to the acting side and tells how they ended.
 *
 * @module
 */
import type { Firewall } from "../firewall/firewall.ts";
import type { Grant, NatTarget } from "../firewall/grant.ts";
import type { AddressFamily } from "../net/address.ts";
import type { Decision, NatHost } from "./decision.ts";
import type { Observer } from "./event.ts";
import type { LookUp } from "./look_up.ts";
import type { PacketFacts, Refusal } from "./refusal.ts";

/** Between the packet processor and a firewall. A grant is told of only when the firewall has acknowledged it. */
export class Actor {
  readonly #firewall: Firewall;
  readonly #observe: Observer;
  readonly #now: () => number;
  readonly #lookUp: LookUp;
  readonly #pending = new Set<Promise<void>>();

  /** @param now seconds since 1970 UTC. */
  constructor(firewall: Firewall, lookUp: LookUp, observe: Observer, now: () => number) {
    this.#firewall = firewall;
    this.#lookUp = lookUp;
    this.#observe = observe;
    this.#now = now;
  }

  /** Begins to carry a decision out; grants are applied in the order of their packets. */
  readonly act = (decision: Decision, packet: PacketFacts): void => {
    const done = this.#apply(decision, packet).finally(() => this.#pending.delete(done));
    this.#pending.add(done);
  };

  /** Resolves when everything begun so far has ended. */
  async settle(): Promise<void> {
    await Promise.all(this.#pending);
  }

  async #apply(decision: Decision, packet: PacketFacts): Promise<void> {
    const grant = await this.#toGrant(decision);
    if (typeof grant === "string") {
      this.#refuse(decision, packet, { step: "resolve", code: "nat-host-unknown" }, grant);
      return;
    }
    const { added, present, error } = await this.#firewall.open(grant);
    if (error === undefined) {
      this.#observe({ kind: "granted", packet, decision, rules: added, present });
    } else this.#refuse(decision, packet, { step: "act", code: "not-applied" }, error);
  }

  #refuse(
    decision: Decision,
    packet: PacketFacts,
    what: Pick<Refusal, "step" | "code">,
    reason: string,
  ): void {
    const refusal = { ...what, packet, stanzas: [decision.stanza], facts: { reason } };
    this.#observe({ kind: "refused", refusal });
  }

  /** The grant for a decision, its NAT host resolved; or why that could not be done. */
  async #toGrant(decision: Decision): Promise<Grant | string> {
    const { stanza, address, services, destination } = decision;
    const base = {
      stanza,
      address,
      services,
      expires: this.#now() + decision.seconds,
      ...(destination === undefined ? {} : { destination }),
    };
    if (decision.kind === "open") return { ...base, kind: "access" };
    const target = decision.target && await this.#resolve(decision.target, address.family);
    if (typeof target === "string") return target;
    const { rewrite, sourceNat } = decision;
    const nat = { ...base, rewrite, ...(sourceNat === undefined ? {} : { sourceNat }) };
    if (decision.kind === "local-nat") {
      return target === undefined ? "no host is named" : { ...nat, kind: "local-nat", target };
    }
    const { everything } = decision;
    return { ...nat, kind: "forward", everything, ...(target === undefined ? {} : { target }) };
  }

  async #resolve({ host, port }: NatHost, family: AddressFamily): Promise<NatTarget | string> {
    if (typeof host !== "string") return { address: host, port };
    const address = await this.#lookUp(host, family);
    return typeof address === "string" ? address : { address, port };
  }
}
