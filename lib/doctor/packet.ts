/**
 * The packet that the doctor follows through the rules of a Linux host.
 *
 * @module
 */
import type { Address, AddressFamily } from "../net/address.ts";
import type { Service } from "../net/service.ts";

/** A packet from any other host, to this host or through it. */
export interface Packet {
  readonly service: Service;
  readonly established: boolean;
  readonly family: AddressFamily;
  /** Absent: the packet is for this host. */
  readonly hook?: "input" | "forward";
  /** Absent: any address of this host, or of another host if the packet is forwarded. */
  readonly destination?: Address;
  /** The interfaces by which the packet may enter; absent: any. */
  readonly interfaces?: readonly string[];
  /** The interface by which a forwarded packet leaves; absent: not known. */
  readonly leavesBy?: string;
  /** The addresses of this host; absent: not known. */
  readonly locals?: readonly Address[];
  /** Whether our own nftables table has accepted the packet and set its mark. */
  readonly marked?: boolean;
  /** Whether a rule of this host has changed the destination. */
  readonly translated?: boolean;
  /** The parts that are not known: a condition about one of them may be met or not. */
  readonly vague?: Vague;
}

/**
 * Parts of a packet: its protocol, its port, its conntrack state, whether conntrack says that its destination was
 * changed, and its mark.
 */
export type Vague = Readonly<
  Partial<Record<"protocol" | "port" | "state" | "translated" | "mark", true>>
>;
