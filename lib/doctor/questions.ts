/**
 * What the doctor is asked about a host's firewall.
 *
 * @module
 */
import type { ServerSettings } from "../config/fwknopd_variables.ts";
import type { Address, AddressFamily } from "../net/address.ts";
import type { Service } from "../net/service.ts";
import type { Finding } from "./finding.ts";

/** What is asked about, whatever the firewall. */
export interface DoctorQuestions {
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
}

/** What a grant that forwards leads to. */
export interface InsideService {
  /** Absent: any host. */
  readonly address?: Address;
  /** Absent: any service. */
  readonly service?: Service;
}

/** The firewall that is driven, as its own part of the doctor needs to know it. */
export interface DrivenFirewall {
  readonly settings: ServerSettings;
  /** The command of its program, which may hold blanks. */
  readonly command: string;
}

/** One firewall's part of the doctor: asks its programs and judges what they list. Nothing is changed. */
export type ExamineFirewall = (
  questions: DoctorQuestions,
  driven: DrivenFirewall,
) => Promise<Finding[]>;

/** The families by which strangers reach this host. */
export function familiesOf({ ipv6 }: Pick<DoctorQuestions, "ipv6">): readonly AddressFamily[] {
  return ipv6 ? [4, 6] : [4];
}
