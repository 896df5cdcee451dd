/**
 * Grants: what the server decided and the firewall carries out.
 *
 * @module
 */
import type { Address, AddressFamily } from "../net/address.ts";
import type { Service } from "../net/service.ts";

interface GrantBase {
  /** Number of the stanza that allowed it, from 1. */
  readonly stanza: number;
  /** The address to admit. */
  readonly address: Address;
  /** Set only with ENABLE_DESTINATION_RULE: the destination of the packet's header. */
  readonly destination?: Address;
  /** At least one: the whole request. */
  readonly services: readonly Service[];
  /** Seconds since 1970 UTC. */
  readonly expires: number;
  /** The most rules that the stanza may have in force, with those of this grant; absent: no limit. */
  readonly mostRules?: number;
}

/** Opens services of this host. */
export interface AccessGrant extends GrantBase {
  readonly kind: "access";
}

/** How the source of forwarded connections is rewritten. */
export type SourceNat =
  | { readonly kind: "snat"; readonly address: Address }
  | { readonly kind: "masquerade" };

/** Where a connection to the first requested service is sent. */
export interface NatTarget {
  readonly address: Address;
  /** 1 to 65535; 0 is allowed if the grant is for everything. */
  readonly port: number;
}

/** Sends the first requested service to another port of this host (`docs/spec/firewalls.md` 1.4). */
export interface LocalNatGrant extends GrantBase {
  readonly kind: "local-nat";
  readonly target: NatTarget;
  /** False with DISABLE_DNAT. */
  readonly rewrite: boolean;
  readonly sourceNat?: SourceNat;
}

/** Lets the address reach a host behind this one. */
export interface ForwardGrant extends GrantBase {
  readonly kind: "forward";
  /** The inside host; absent only with FORWARD_ALL if no host was named: then every host can be reached. */
  readonly target?: NatTarget;
  /** FORWARD_ALL: every protocol and port instead of the first requested service. */
  readonly everything: boolean;
  /** False with DISABLE_DNAT, and for everything without a target. */
  readonly rewrite: boolean;
  readonly sourceNat?: SourceNat;
}

/** Access for one address until a point in time. */
export type Grant = AccessGrant | LocalNatGrant | ForwardGrant;

/** The server's settings for the source of forwarded connections. */
export interface SourceNatSettings {
  /** ENABLE_IPT_SNAT. */
  readonly enabled: boolean;
  /** SNAT_TRANSLATE_IP. */
  readonly translate?: Address;
}

/** A stanza's settings for the source of forwarded connections. */
export interface SourceNatWish {
  readonly forceSnat?: Address;
  readonly forceMasquerade: boolean;
}

/**
 * The source NAT of a grant: FORCE_SNAT, then FORCE_MASQUERADE, then SNAT_TRANSLATE_IP, then MASQUERADE. It has none
 * unless the stanza forces one or ENABLE_IPT_SNAT is on (`docs/spec/firewalls.md` 1.4). Unlike in the C daemon, the
 * order is the same with FORWARD_ALL. SNAT_TRANSLATE_IP has one family: a client of the other family gets MASQUERADE.
 * The stanza demands FORCE_SNAT, so it stays even if its family differs; then the grant is refused.
 *
 * @param family the family of the admitted address.
 */
export function chooseSourceNat(
  stanza: SourceNatWish,
  settings: SourceNatSettings,
  family: AddressFamily,
): SourceNat | undefined {
  if (stanza.forceSnat !== undefined) return { kind: "snat", address: stanza.forceSnat };
  if (stanza.forceMasquerade) return { kind: "masquerade" };
  if (!settings.enabled) return undefined;
  const { translate } = settings;
  if (translate?.family === family) return { kind: "snat", address: translate };
  return { kind: "masquerade" };
}
