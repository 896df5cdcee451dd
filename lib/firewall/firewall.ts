/**
 * The boundary between policy and enforcer: what the server may ask of a firewall. It is written as if the enforcer ran
 * in another process (`docs/architecture.md`): requests are plain data, and the enforcer checks them again. Packet bytes,
 * rule text and paths never cross this boundary.
 *
 * @module
 */
import type { AddressFamily } from "../net/address.ts";
import type { FirewallKind } from "./kind.ts";
import type { Grant } from "./grant.ts";

/** A firewall program's listing, and its error messages. */
export interface Listing {
  readonly text: string;
  readonly complaint: string;
}

/** One rule that the firewall holds, in the terms of this project. */
export interface RuleSummary {
  /** The C daemon's name for it in its log: `access`, `OUTPUT`, `local NAT`, `FORWARD`, `FORWARD ALL`, … */
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
  /** Known for grants of this process, and where the firewall can store it. */
  readonly stanza?: number;
  /** NAME of that stanza when the rule was made, where it is known (`lib/firewall/grant_names.ts`). */
  readonly name?: string;
}

/** A rule with its key: two rules with the same key and expiry are the same rule, in every process. */
export interface KeyedRule extends RuleSummary {
  readonly key: string;
}

/** How a request ended. Nothing is half-applied: `added` is empty when `error` is set. */
export interface OpenResult {
  readonly added: readonly KeyedRule[];
  /** Rules of this grant that were already in force (same address, service and second). */
  readonly present: readonly RuleSummary[];
  /** One line; nothing of the grant is in force. */
  readonly error?: string;
  /** With `error`: the stanza already has MAX_RULES rules in force. */
  readonly isFull?: true;
}

/** An event for the log. The rules that `open` adds are reported by its result instead. */
export type FirewallEvent =
  /** A program is started, or a document is written to one; logged at the second level of verbosity. */
  | { readonly type: "command"; readonly text: string }
  /** A rule expired. `number` is its place among our rules of the chain, from 1. */
  | { readonly type: "removed"; readonly rule: KeyedRule; readonly number: number }
  /** Another program deleted a rule before it expired; it stays deleted. */
  | { readonly type: "vanished"; readonly rule: KeyedRule }
  /** Another program flushed the firewall; a rule that is still granted was restored. */
  | { readonly type: "restored"; readonly rule: KeyedRule }
  /** A rule that was found at start, or that another program added, will be removed on time. */
  | { readonly type: "adopted"; readonly rule: KeyedRule }
  | { readonly type: "jump"; readonly from: string; readonly chain: string }
  | { readonly type: "info" | "warning" | "error"; readonly text: string };

/** A rule together with what its adapter needs to name it; opaque outside `lib/firewall`. */
export interface HeldRule {
  /** Two rules with the same key are the same rule. */
  readonly key: string;
  readonly summary: RuleSummary;
}

/** The rule as it is reported. */
export function keyed({ key, summary }: HeldRule): KeyedRule {
  return { ...summary, key };
}

/** The rule for people and other programs, who have no use for its key. */
export function unkeyed({ key: _, ...rule }: KeyedRule): RuleSummary {
  return rule;
}

/** What holds the rules. firewalld holds them as direct rules if its backend is iptables. */
export type AdapterKind = FirewallKind | "firewalld-direct";

/** The members of each request beside its name: data that JSON can carry. `requests.ts` says when each is allowed. */
export interface RequestMembers {
  /**
   * Checks that the firewall works, flushes or adopts rules as configured, adds chains and jumps.
   *
   * On a reload, `inherited` is what the predecessor held. Nothing is flushed, and what the firewall does not list (the
   * stanza) comes from `inherited`. The predecessor is then released.
   *
   * @throws {HintedError} when the firewall does not work; nothing is half-applied.
   */
  prepare: { readonly inherited?: readonly HeldRule[] | undefined };
  /** Carries out a grant, as a whole or not at all. Never rejects because of the firewall. */
  open: { readonly grant: Grant };
  /** Our rules as the firewall itself lists them now. @throws {HintedError} */
  list: NoMembers;
  /**
   * The firewall program's own listings: of each of our chains, or (`all`) of each table in use. They are for this
   * family, unless the program lists both at once.
   */
  show: { readonly all: boolean; readonly family: AddressFamily };
  /**
   * Removes everything of ours and nothing else. Rules of other programs in our chains stay, unless `whole` is set:
   * then our chains are removed with all their rules, as the C daemon does. `elsewhere`: only what earlier
   * configurations left; removing that is safe while a server runs with this configuration. @throws {HintedError}
   */
  flush: { readonly extent: "everywhere" | "elsewhere"; readonly whole: boolean };
  /** Ends every grant at once and stays ready for the next. @throws {HintedError} */
  revoke: NoMembers;
  /** Looks for changes by other programs and for expired rules; restores lost chains and jumps. */
  check: NoMembers;
  /** The rules in force, for a successor. */
  held: NoMembers;
  /** Stops programs and timers and leaves every rule in place. */
  release: NoMembers;
  /** The process ends: removes or leaves the rules, as configured, then releases. */
  close: NoMembers;
}

/** A request that has only its name. */
export type NoMembers = Readonly<Record<never, never>>;

/** The names of the requests. */
export type RequestName = keyof RequestMembers;

/** A request of one of these names. */
export type FirewallRequest<N extends RequestName = RequestName> = {
  [K in N]: { readonly name: K } & RequestMembers[K];
}[N];

/** The answer to each request. */
export interface Answers {
  prepare: void;
  open: OpenResult;
  list: readonly KeyedRule[];
  show: readonly Listing[];
  flush: void;
  /** How many rules were in force. */
  revoke: number;
  check: void;
  held: readonly HeldRule[];
  release: void;
  close: void;
}

/** One firewall: managed, in a dry run, or in a test. */
export interface Firewall {
  readonly kind: AdapterKind;
  /** For the log: `iptables`. */
  readonly name: string;
  /** Carries out requests one at a time, in order. A grant that need not wait begins at once. */
  ask<N extends RequestName>(request: FirewallRequest<N>): Promise<Answers[N]>;
  /** A firewall that handles grants like this one but starts no program. Absent: this one starts none either. */
  dryRun?(): Firewall;
}
