/**
 * What an authorized packet gets: plain data, handed to the acting side.
 *
 * @module
 */
import type { NatTarget, SourceNat } from "../firewall/grant.ts";
import type { Address } from "../net/address.ts";
import type { Service } from "../net/service.ts";

/** What every grant of access says. */
interface AccessDecision {
  /** Number of the stanza that allows it. */
  readonly stanza: number;
  /** The address to admit. */
  readonly address: Address;
  /** As requested, at least one. */
  readonly services: readonly Service[];
  /** Only connections to this address; set with ENABLE_DESTINATION_RULE. */
  readonly destination?: Address;
  /** How long, in seconds. */
  readonly seconds: number;
}

/** Where a connection is to end: an address, or a name that is still to be resolved. */
export interface NatHost {
  readonly host: Address | string;
  /** 1 to 65535; 0 only where everything is forwarded. */
  readonly port: number;
}

/** Open services on this host for one address. */
export interface OpenPorts extends AccessDecision {
  readonly kind: "open";
}

/** Send the first requested service to another port of this host. */
export interface LocalNat extends AccessDecision {
  readonly kind: "local-nat";
  readonly target: NatHost;
  /** FORCE_NAT names the target; otherwise the client does. */
  readonly forced: boolean;
  /** Where the packet was sent to: the end of the connection where the client names no address of this host. */
  readonly arrivedAt: Address;
  /** Rewrite the destination; not with DISABLE_DNAT. */
  readonly rewrite: boolean;
  readonly sourceNat?: SourceNat;
}

/** Let an address through to a host behind this one, or, with `everything`, to whatever is there. */
export interface Forward extends AccessDecision {
  readonly kind: "forward";
  readonly target?: NatHost;
  /** FORCE_NAT names the target, if there is one; otherwise the client does. */
  readonly forced: boolean;
  /** Where the packet was sent to: connections to there are redirected, if it is no address of this host. */
  readonly arrivedAt: Address;
  readonly everything: boolean;
  readonly rewrite: boolean;
  readonly sourceNat?: SourceNat;
}

/** Run the command a client sent (`docs/spec/server.md` 10). */
export interface RunCommand {
  readonly kind: "run";
  /** Number of the stanza that allows it, and says how it is run. */
  readonly stanza: number;
  /** The address the message names. */
  readonly address: Address;
  /** As sent: one character at least. */
  readonly command: string;
}

/** Run the stanza's own open command, and its close command later (`docs/spec/server.md` 11). */
export interface Cycle extends AccessDecision {
  readonly kind: "cycle";
  /** The first service requested; a cycle opens one. */
  readonly services: readonly [Service];
  /** Where the packet came from. */
  readonly packetSource: Address;
  /** Where the packet was sent to. */
  readonly destination: Address;
}

/** What the firewall carries out. */
export type AccessGrant = OpenPorts | LocalNat | Forward;

/** The same with every end known (`settle_nat.ts`). */
export type SettledGrant =
  | OpenPorts
  | (LocalNat & { readonly target: NatTarget & NatHost })
  | (Forward & { readonly target?: NatTarget & NatHost });

/** Everything a stanza may decide. */
export type Decision = AccessGrant | RunCommand | Cycle;
