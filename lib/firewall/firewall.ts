/**
 * The line between policy and enforcer: what the server may ask of a firewall. Written as if the enforcer lived in
 * another process (`docs/architecture.md`): the requests are plain data and are checked again where they are carried out;
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
  /** Another program deleted a rule before its time; it stays deleted. */
  | { readonly type: "vanished"; readonly rule: RuleSummary }
  /** Another program flushed the firewall; a rule that is still granted was put back. */
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

/** What each request consists of beside its name: data that may cross as JSON. `requests.ts` says when it is allowed. */
export interface RequestMembers {
  /**
   * Checks that the firewall can be used, flushes or adopts as configured, makes chains and jumps.
   *
   * On a reload, `inherited` is what the predecessor held: nothing is flushed, and what the firewall does not show (the
   * stanza) is taken from there. The predecessor is then released.
   *
   * @throws {HintedError} when it cannot be used; nothing is half-applied.
   */
  prepare: { readonly inherited?: readonly HeldRule[] | undefined };
  /** Carries out a grant, as a whole or not at all. Never rejects because of the firewall. */
  open: { readonly grant: Grant };
  /** Rules of ours as the firewall itself shows them now. @throws {HintedError} */
  list: NoMembers;
  /**
   * The firewall program's own listings: of each of our chains, or (`all`) of each table in use; of this family, unless
   * the program shows both at once.
   */
  show: { readonly all: boolean; readonly family: AddressFamily };
  /**
   * Removes everything of ours and nothing else; rules of others in our chains stay, unless `whole`: then our chains go
   * with whatever is in them, as the C daemon does. `elsewhere`: only what earlier configurations left behind, which may
   * be removed beside a server that runs with this one. @throws {HintedError}
   */
  flush: { readonly extent: "everywhere" | "elsewhere"; readonly whole: boolean };
  /** Ends every grant at once and stays ready for the next. @throws {HintedError} */
  revoke: NoMembers;
  /** Looks for what changed underneath: expired rules of ours, lost chains and jumps. */
  check: NoMembers;
  /** What is in force, to be handed to a successor. */
  held: NoMembers;
  /** Stops programs and timers and leaves every rule in place. */
  release: NoMembers;
  /** The process ends: removes or leaves the rules, as configured, then releases. */
  close: NoMembers;
}

/** A request that is its name. */
export type NoMembers = Readonly<Record<never, never>>;

/** The names of the requests. */
export type RequestName = keyof RequestMembers;

/** A request of one of these names. */
export type FirewallRequest<N extends RequestName = RequestName> = {
  [K in N]: { readonly name: K } & RequestMembers[K];
}[N];

/** What each request is answered with. */
export interface Answers {
  prepare: void;
  open: OpenResult;
  list: readonly RuleSummary[];
  show: readonly Listing[];
  flush: void;
  /** How many rules were in force. */
  revoke: number;
  check: void;
  held: readonly HeldRule[];
  release: void;
  close: void;
}

/** One firewall, whatever stands behind it. */
export interface Firewall {
  readonly kind: AdapterKind;
  /** For the log: `iptables`. */
  readonly name: string;
  /** Carries out requests one at a time, in the order they come. A grant that need not wait is begun at once. */
  ask<N extends RequestName>(request: FirewallRequest<N>): Promise<Answers[N]>;
  /** A firewall that treats grants as this one does, and starts no program; absent where this one starts none itself. */
  dryRun?(): Firewall;
}
