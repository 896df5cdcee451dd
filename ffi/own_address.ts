/**
 * Whether an address belongs to this host, by the kernel's routes at this moment.
 *
 * @module
 */
import { errno, errorCode } from "./libc.ts";
import { platform } from "./platform.ts";
import { closeDescriptor, sockets } from "./readiness.ts";
import { INTERNET_ADDRESS_SIZE, internetAddress } from "./socket_address.ts";

/** Any port except 0, to which some systems do not connect. */
const DISCARD = 9;

/** The kernel's classification of an address: its own, a broadcast address, or another one. */
export type Destination = "own" | "broadcast" | "other";

/**
 * Asks the kernel about an address of 4 or 16 bytes. A datagram socket that is connected to an address of this host has
 * that address as its local end too. `bind` would not show it, because `ip_nonlocal_bind` lets it take any address.
 * Connecting sends nothing. Link-local addresses, and loopback addresses except the first, count as `other`. Works after
 * the `ffi` permission is dropped, once the C library has been used.
 */
export function destinationKind(address: Uint8Array): Destination {
  const { AF_INET, AF_INET6, SOCK_DGRAM } = platform().number;
  const isIpv4 = address.length === 4;
  const { socket, connect, getsockname } = sockets();
  const descriptor = socket(isIpv4 ? AF_INET : AF_INET6, SOCK_DGRAM, 0);
  if (descriptor < 0) return "other";
  try {
    const remote = internetAddress(address, DISCARD);
    // Without SO_BROADCAST the kernel refuses broadcast addresses, including those of its own networks.
    if (connect(descriptor, remote, remote.length) !== 0) {
      return errorCode(errno()) === "EACCES" ? "broadcast" : "other";
    }
    const local = new Uint8Array(INTERNET_ADDRESS_SIZE);
    const size = new Uint8Array(new Uint32Array([local.length]).buffer);
    if (getsockname(descriptor, local, size) !== 0) return "other";
    const own = isIpv4 ? local.subarray(4, 8) : local.subarray(8, 24);
    return address.every((byte, index) => byte === own[index]) ? "own" : "other";
  } finally {
    closeDescriptor(descriptor);
  }
}
