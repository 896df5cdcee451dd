/**
 * The packet whose way through the rules of a Linux host is followed.
 *
 * @module
 */
import type { Address, AddressFamily } from "../net/address.ts";
import type { Service } from "../net/service.ts";

/** A packet that comes from anywhere, to this host or through it. */
export interface Packet {
  readonly service: Service;
  readonly established: boolean;
  readonly family: AddressFamily;
  /** Absent: for this host. */
  readonly hook?: "input" | "forward";
  /** Absent: any address of this host, or of another one where it is forwarded. */
  readonly destination?: Address;
  /** The interfaces by which it may come; absent: by any. */
  readonly interfaces?: readonly string[];
  /** The interface by which it leaves where it is forwarded; absent: not known. */
  readonly leavesBy?: string;
  /** The addresses of this host; absent: not known. */
  readonly locals?: readonly Address[];
  /** Whether our own table of nftables has let it in and set its mark. */
  readonly marked?: boolean;
  /** Whether a rule of this host has changed where it goes. */
  readonly translated?: boolean;
  /** What of it is not known: a condition about that may hold or not. */
  readonly vague?: Vague;
}

/**
 * Parts of a packet: its protocol, its port, what conntrack says of it, and in that whether its destination was changed,
 * its mark.
 */
export type Vague = Readonly<
  Partial<Record<"protocol" | "port" | "state" | "translated" | "mark", true>>
>;
