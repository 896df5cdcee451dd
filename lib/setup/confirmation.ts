/**
 * Decides whether a new connection proves that a client comes in through a knock.
 *
 * @module
 */
import { isLoopback } from "../net/host_range.ts";
import type { Service } from "../net/service.ts";
import { type Connection, peerKey } from "../firewall/netfilter/connections.ts";

/** A connection that came in through a knock. */
export interface Proof {
  readonly address: string;
  readonly port: number;
}

/** Collects connections and grants, in any order. */
export class Confirmation {
  readonly #ports: ReadonlySet<number>;
  readonly #old: ReadonlySet<string>;
  readonly #own: ReadonlySet<string>;
  /** Connections that are new, by their other end. */
  readonly #fresh = new Map<string, Proof>();
  readonly #granted = new Set<string>();

  /**
   * @param services the services that are closed.
   * @param before the connections before the ports were closed: they prove nothing.
   * @param own the addresses of this host: a connection from itself passes without a knock.
   */
  constructor(
    services: readonly Service[],
    before: readonly Connection[],
    own: readonly string[],
  ) {
    this.#ports = new Set(services.flatMap((it) => it.protocol === "tcp" ? [it.port] : []));
    this.#old = new Set(before.map(peerKey));
    this.#own = new Set(own);
  }

  /** Takes the connections of this moment. */
  see(connections: readonly Connection[]): void {
    for (const connection of connections) {
      const { state, local, remote } = connection;
      const { address } = remote;
      if (state !== "open" || !this.#ports.has(local.port)) continue;
      if (this.#old.has(peerKey(connection))) continue;
      if (isLoopback(address) || this.#own.has(address.text)) continue;
      this.#fresh.set(peerKey(connection), { address: address.text, port: local.port });
    }
  }

  /** Takes the addresses that the server has granted access, `192.0.2.1` or `192.0.2.1/32`. */
  grant(addresses: readonly string[]): void {
    for (const address of addresses) this.#granted.add(address.replace(/\/(32|128)$/, ""));
  }

  /** Addresses of new connections, with and without a grant. */
  get seen(): readonly Proof[] {
    return [...this.#fresh.values()];
  }

  /** The first connection whose address was granted access. */
  get proof(): Proof | undefined {
    return this.seen.find(({ address }) => this.#granted.has(address));
  }
}
