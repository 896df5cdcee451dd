/**
 * What the doctor is asked about a host's firewall.
 *
 * @module
 */
import type { Address, AddressFamily } from "../net/address.ts";
import type { Chain } from "../config/chain.ts";
import type { Service } from "../net/service.ts";
import type { FirewallKind } from "../firewall/choose.ts";
import type { IpfwSettings } from "../firewall/ipfw/adapter.ts";
import type { PfSettings } from "../firewall/pf/adapter.ts";

/** What is asked about. */
export interface DoctorQuestions {
  /** The firewall that is driven. */
  readonly kind: FirewallKind;
  /** Commands, which may hold blanks, of the programs whose rules are looked at, whatever is driven. */
  readonly iptables: string;
  readonly nft: string;
  /** The chains of grants, where grants are rules of iptables. */
  readonly chains?: Readonly<Partial<Record<"input" | "forward", Chain>>>;
  /** NFT_PROTECT. */
  readonly protect: readonly Service[];
  /** Services that knocking is to open. */
  readonly services: readonly Service[];
  /** Those of them that may be no more than the outside ports of NAT grants. */
  readonly outside?: readonly Service[];
  /** What grants lead to behind this host. */
  readonly inside?: readonly InsideService[];
  /** The interfaces by which strangers come; absent: any. */
  readonly interfaces?: readonly string[];
  /** The ports at which this host listens for SPA packets; none: they are sniffed. */
  readonly spaServices?: readonly Service[];
  /** Whether strangers reach this host by IPv6 too. */
  readonly ipv6: boolean;
  /** Whether hosts of the same link do, though others may not. */
  readonly linkIpv6?: boolean;
  /** Whether grants may forward. */
  readonly forwarding: boolean;
  /** The command of firewalld's client; absent: another firewall is driven. */
  readonly firewalld?: string;
  /** As `firewalld`. */
  readonly pf?: PfSettings;
  /** As `firewalld`. */
  readonly ipfw?: IpfwQuestions;
}

/** What a grant that forwards leads to. */
export interface InsideService {
  /** Absent: any host. */
  readonly address?: Address;
  /** Absent: any service. */
  readonly service?: Service;
}

/** What of the settings the doctor looks at ipfw by. */
export type IpfwQuestions = Pick<IpfwSettings, "command" | "start" | "checkState">;

/** The families by which strangers reach this host. */
export function familiesOf({ ipv6 }: Pick<DoctorQuestions, "ipv6">): readonly AddressFamily[] {
  return ipv6 ? [4, 6] : [4];
}
