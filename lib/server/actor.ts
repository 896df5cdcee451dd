/**
 * Hands decisions to the acting side and tells how they ended.
 *
 * @module
 */
import type { Firewall } from "../firewall/firewall.ts";
import type { Grant } from "../firewall/grant.ts";
import type { Decision } from "./decision.ts";
import type { Observer } from "./event.ts";
import type { PacketFacts } from "./refusal.ts";

/** Between the packet processor and a firewall. A grant is told of only when the firewall has acknowledged it. */
export class Actor {
  readonly #firewall: Firewall;
  readonly #observe: Observer;
  readonly #now: () => number;
  readonly #pending = new Set<Promise<void>>();

  /** @param now seconds since 1970 UTC. */
  constructor(firewall: Firewall, observe: Observer, now: () => number) {
    this.#firewall = firewall;
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
    const { added, present, error } = await this.#firewall.open(toGrant(decision, this.#now()));
    if (error === undefined) {
      this.#observe({ kind: "granted", packet, decision, rules: added, present });
      return;
    }
    const facts = { reason: error };
    this.#observe({
      kind: "refused",
      refusal: { step: "act", code: "not-applied", packet, stanzas: [decision.stanza], facts },
    });
  }
}

function toGrant(decision: Decision, now: number): Grant {
  const { stanza, address, services, seconds, destination } = decision;
  return {
    kind: "access",
    stanza,
    address,
    services,
    expires: now + seconds,
    ...(destination === undefined ? {} : { destination }),
  };
}
