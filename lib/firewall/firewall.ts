/**
 * The acting side: what the server may ask of a firewall. Written as if it lived in another process
 * (`docs/architecture.md`): the requests are typed data and are validated again where they are carried out;
 * packet bytes, rule text and paths never cross this line.
 *
 * @module
 */
import type { AddressFamily } from "../net/address.ts";
import type { FirewallKind } from "./kind.ts";
import type { Grant } from "./grant.ts";

/** What a firewall program lists, and what it complains of instead. */
export interface Listing {
  readonly text: string;
  readonly complaint: string;
}

/** One rule as the firewall holds it, said in the terms of the project. */
export interface RuleSummary {
  /** What the C daemon calls it in its log: `access`, `OUTPUT`, `local NAT`, `FORWARD`, `FORWARD ALL`, … */
  readonly kind: string;
  /** Chain (or set) that holds it. */
  readonly chain: string;
  /** The admitted address. */
  readonly address: string;
  /** `0.0.0.0/0`, `::/0` or the destination. */
  readonly destination: string;
  /** The whole request, as the C daemon logs it: `tcp/22`, several joined by commas, or `*` + `/*`. */
  readonly services: string;
  /** What this one rule admits: one service, or `*` + `/*`. */
  readonly service: string;
  /** Seconds since 1970 UTC. */
  readonly expires: number;
  /** Known for grants of this process, and where the firewall can keep it. */
  readonly stanza?: number;
}

/** How a request ended. Nothing is half-applied: `added` is empty when `error` is set. */
export interface OpenResult {
  readonly added: readonly RuleSummary[];
  /** Rules of this grant that stood already (same address, service and second). */
  readonly present: readonly RuleSummary[];
  /** One line; nothing of the grant is in force. */
  readonly error?: string;
  /** With `error`: the stanza has as many rules in force as it may have. */
  readonly isFull?: true;
}

/** What happens outside a request, for the log. `open` reports what it did by its result instead. */
export type FirewallEvent =
  /** A program is run or a document handed to one; shown at the second level of verbosity. */
  | { readonly type: "command"; readonly text: string }
  /** A rule's time was up. `number` is its place among our rules of the chain, from 1. */
  | { readonly type: "removed"; readonly rule: RuleSummary; readonly number: number }
  /** Somebody else deleted a rule before its time; it stays deleted. */
  | { readonly type: "vanished"; readonly rule: RuleSummary }
  /** Somebody flushed the firewall underneath; a rule still granted was put back. */
  | { readonly type: "restored"; readonly rule: RuleSummary }
  /** A rule found at start (or put in by another program) will be closed on time. */
  | { readonly type: "adopted"; readonly rule: RuleSummary }
  | { readonly type: "jump"; readonly from: string; readonly chain: string }
  | { readonly type: "info" | "warning" | "error"; readonly text: string };

/** A rule together with what its adapter needs to name it; opaque outside `lib/firewall`. */
export interface HeldRule {
  /** Two rules with the same key are the same rule. */
  readonly key: string;
  readonly summary: RuleSummary;
}

/** What holds the rules: firewalld has them as direct rules where its backend is iptables. */
export type AdapterKind = FirewallKind | "firewalld-direct";

/** One firewall, whatever stands behind it. */
export interface Firewall {
  readonly kind: AdapterKind;
  /** For the log: `iptables`. */
  readonly name: string;
  /**
   * Checks that the firewall can be used, flushes or adopts as configured, makes chains and jumps.
   *
   * On a reload, `inherited` is what the predecessor held: nothing is flushed, and what the firewall
   * cannot tell (the stanza) is taken from there. The predecessor is then let go with {@link release}.
   *
   * @throws {HintedError} when it cannot be used; nothing is half-applied.
   */
  prepare(inherited?: readonly HeldRule[]): Promise<void>;
  /** Carries out a grant, as a whole or not at all. Never rejects because of the firewall. */
  open(grant: Grant): Promise<OpenResult>;
  /** Rules of ours as the firewall itself shows them now. @throws {HintedError} */
  list(): Promise<readonly RuleSummary[]>;
  /**
   * The firewall program's own listings: of each of our chains, or (`all`) of each table in use; of IPv4, unless the
   * program shows both families at once.
   */
  show(all: boolean, family?: AddressFamily): Promise<readonly Listing[]>;
  /**
   * Removes everything of ours and nothing else; rules of others in our chains stay, unless `whole`: then
   * our chains go with whatever is in them, as the C daemon does. @throws {HintedError}
   */
  flush(whole?: boolean): Promise<void>;
  /**
   * Removes only what earlier configurations left behind; may be called beside a server that runs with this one.
   * @throws {HintedError}
   */
  flushElsewhere(): Promise<void>;
  /** Ends every grant at once and stays ready for the next. @throws {HintedError} */
  revoke(): Promise<void>;
  /** Looks for what changed underneath: expired rules of ours, lost chains and jumps. */
  check(): Promise<void>;
  /** A firewall that treats grants as this one does, and starts no program; absent where this one starts none itself. */
  pretend?(): Firewall;
  /** What is in force, to be handed to a successor. */
  held(): readonly HeldRule[];
  /** Lets go of programs and timers and leaves every rule in place. */
  release(): Promise<void>;
  /** Called when the process ends: removes or leaves, as configured, then releases. */
  close(): Promise<void>;
}
