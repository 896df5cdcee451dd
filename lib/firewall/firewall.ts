/**
 * The acting side: what the server may ask of a firewall. Written as if it lived in another process
 * (`docs/architecture.md`): the requests are typed data and are validated again where they are carried out;
 * packet bytes, rule text and paths never cross this line.
 *
 * @module
 */
import type { Address } from "../net/address.ts";
import type { Service } from "../net/service.ts";

/** Access for one address until a point in time. */
export interface Grant {
  /** Number of the stanza that allowed it, from 1. */
  readonly stanza: number;
  /** The address to admit. */
  readonly address: Address;
  /** Set only with ENABLE_DESTINATION_RULE. */
  readonly destination?: Address;
  /** At least one. */
  readonly services: readonly Service[];
  /** Seconds since 1970 UTC. */
  readonly expires: number;
}

/** One rule as the firewall holds it, said in the terms of the project. */
export interface RuleSummary {
  /** What the C daemon calls it in its log: `access rule`, `OUTPUT rule`, `FORWARD rule`, … */
  readonly kind: string;
  /** Chain (or set) that holds it. */
  readonly chain: string;
  readonly address: string;
  /** `0.0.0.0/0` or the destination. */
  readonly destination: string;
  /** `tcp/22`, several joined by commas, or `*` + `/*`. */
  readonly services: string;
  /** Seconds since 1970 UTC. */
  readonly expires: number;
  /** Known for grants of this process, not for rules found at start. */
  readonly stanza?: number;
}

/** How a request ended. Nothing is half-applied: `added` is empty when `error` is set. */
export interface OpenResult {
  readonly added: readonly RuleSummary[];
  /** Rules of this grant that stood already (same address, service and second). */
  readonly present: readonly RuleSummary[];
  readonly error?: string;
}

/** One firewall, whatever stands behind it. */
export interface Firewall {
  /** For the log: `iptables`. */
  readonly name: string;
  /** Checks that the firewall can be used, flushes or adopts, makes chains and jumps. */
  prepare(): Promise<void>;
  open(grant: Grant): Promise<OpenResult>;
  /** Rules of ours with their remaining time. */
  list(): Promise<readonly RuleSummary[]>;
  /** Removes everything of ours and nothing else. */
  flush(): Promise<void>;
  /** Called when the process ends: flush or leave, as configured, and let go of helpers. */
  close(): Promise<void>;
}
