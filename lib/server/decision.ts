/**
 * What an authorized packet gets: plain data that the actor carries out.
 *
 * @module
 */
import type { NatTarget, SourceNat } from "../firewall/grant.ts";
import type { Address } from "../net/address.ts";
import type { Service } from "../net/service.ts";

/** The members that all decisions about access share. */
interface AccessTerms {
  /** Number of the stanza that allows it. */
  readonly stanza: number;
  /** NAME of that stanza. */
  readonly name?: string;
  /** The address to admit. */
  readonly address: Address;
  /** The requested services, at least one. */
  readonly services: readonly Service[];
  /** Admit only connections to this address; set with ENABLE_DESTINATION_RULE. */
  readonly destination?: Address;
  /** Duration of the access in seconds. */
  readonly seconds: number;
}

/** The target of a connection: an address, or a name that is not resolved yet. */
export interface NatHost {
  readonly host: Address | string;
  /** 1 to 65535; 0 only if everything is forwarded. */
  readonly port: number;
}

/** Open services of this host for one address. */
export interface OpenPorts extends AccessTerms {
  readonly kind: "open";
}

/** Redirect the first requested service to another port of this host. */
export interface LocalNat extends AccessTerms {
  readonly kind: "local-nat";
  readonly target: NatHost;
  /** FORCE_NAT names the target; otherwise the client names it. */
  readonly forced: boolean;
  /** Destination of the packet: the target, if the client does not name an address of this host. */
  readonly arrivedAt: Address;
  /** Whether to rewrite the destination; DISABLE_DNAT turns that off. */
  readonly rewrite: boolean;
  readonly sourceNat?: SourceNat;
}

/** Forward an address to a host behind this one, or with `everything` to all of them. */
export interface Forward extends AccessTerms {
  readonly kind: "forward";
  readonly target?: NatHost;
  /** FORCE_NAT names the target, if there is one; otherwise the client names it. */
  readonly forced: boolean;
  /** Destination of the packet. If it does not belong to this host, connections to it are redirected. */
  readonly arrivedAt: Address;
  readonly everything: boolean;
  readonly rewrite: boolean;
  readonly sourceNat?: SourceNat;
}

/** Run the command that the client sent (`docs/spec/server.md` 10). */
export interface CommandDecision {
  readonly kind: "run";
  /** Number of the stanza that allows the command and says how it runs. */
  readonly stanza: number;
  /** NAME of that stanza. */
  readonly name?: string;
  /** The address the message names. */
  readonly address: Address;
  /** As sent, at least one character. */
  readonly command: string;
}

/** Run the stanza's open command now, and its close command later (`docs/spec/server.md` 11). */
export interface Cycle extends AccessTerms {
  readonly kind: "cycle";
  /** The first requested service; a cycle opens only one. */
  readonly services: readonly [Service];
  /** Source address of the packet. */
  readonly packetSource: Address;
  /** Destination address of the packet. */
  readonly destination: Address;
}

/** Access that the firewall opens. */
export type AccessDecision = OpenPorts | LocalNat | Forward;

/** Access whose target address is known (`settle_nat.ts`). */
export type SettledGrant =
  | OpenPorts
  | (LocalNat & { readonly target: NatTarget & NatHost })
  | (Forward & { readonly target?: NatTarget & NatHost });

/** Every kind of decision that a stanza can lead to. */
export type Decision = AccessDecision | CommandDecision | Cycle;
