/**
 * What the doctor examines on a host's firewall.
 *
 * @module
 */
import type { ServerSettings } from "../config/fwknopd_variables.ts";
import type { Address, AddressFamily } from "../net/address.ts";
import type { Service } from "../net/service.ts";
import type { Finding } from "./finding.ts";

/** The questions that every firewall's part of the doctor answers. */
export interface DoctorQuestions {
  /** Services that knocking opens. */
  readonly services: readonly Service[];
  /** The services among them that may only be the outside ports of NAT grants. */
  readonly outside?: readonly Service[];
  /** The targets of grants behind this host. */
  readonly inside?: readonly InsideService[];
  /** The interfaces by which packets from other hosts enter; absent: any. */
  readonly interfaces?: readonly string[];
  /** The ports on which this host listens for SPA packets; absent or empty: the daemon captures them. */
  readonly spaServices?: readonly Service[];
  /** Whether hosts beyond the link reach this host by IPv6 too. */
  readonly ipv6: boolean;
  /** Whether hosts of the same link reach this host by IPv6, even if others cannot. */
  readonly linkIpv6?: boolean;
  /** Whether grants may forward connections. */
  readonly forwarding: boolean;
}

/** The target of a grant that forwards. */
export interface InsideService {
  /** Absent: any host. */
  readonly address?: Address;
  /** Absent: any service. */
  readonly service?: Service;
}

/** What a firewall's part of the doctor needs to know about the firewall. */
export interface DrivenFirewall {
  readonly settings: ServerSettings;
  /** The command of its program; it may contain blanks. */
  readonly command: string;
}

/** One firewall's part of the doctor: runs the firewall's programs and judges their listings. It changes nothing. */
export type ExamineFirewall = (
  questions: DoctorQuestions,
  driven: DrivenFirewall,
) => Promise<Finding[]>;

/** The address families by which other hosts reach this host. */
export function familiesOf({ ipv6 }: Pick<DoctorQuestions, "ipv6">): readonly AddressFamily[] {
  return ipv6 ? [4, 6] : [4];
}
