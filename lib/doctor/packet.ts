/**
 * The packet whose way through the rules of a Linux host is followed.
 *
 * @module
 */
import type { AddressFamily } from "../net/address.ts";
import type { Service } from "../net/service.ts";

/** A packet that comes from anywhere, to this host or through it. */
export interface Packet {
  readonly service: Service;
  readonly established: boolean;
  readonly family: AddressFamily;
  /** Absent: for this host. */
  readonly hook?: "input" | "forward";
  /** Whether our own table of nftables has let it in and set its mark. */
  readonly marked?: boolean;
  /** Whether a rule of this host has changed where it goes. */
  readonly translated?: boolean;
}
