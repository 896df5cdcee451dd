/**
 * Whether an address is one of this host, as the kernel's routes have it at this moment.
 *
 * @module
 */
import { errno, errorCode } from "./libc.ts";
import { platform } from "./platform.ts";
import { closeDescriptor, sockets } from "./readiness.ts";
import { INTERNET_ADDRESS_SIZE, internetAddress } from "./socket_address.ts";

/** Any port but 0, which not every system connects to. */
const DISCARD = 9;

/** What the kernel says of an address: a host that it may send to, a broadcast address, or its own. */
export type Destination = "own" | "broadcast" | "other";

/**
 * Asks the kernel about 4 or 16 bytes. A datagram socket that is connected to an address of this host has that address
 * for its own end too; `bind` would not tell, since `ip_nonlocal_bind` lets it take any address. Connecting sends
 * nothing. Loopback addresses but the first, and link-local ones, are `other`. Works after the `ffi` permission was
 * dropped, once the C library has been used.
 */
export function destinationKind(address: Uint8Array): Destination {
  const { AF_INET, AF_INET6, SOCK_DGRAM } = platform().number;
  const isIpv4 = address.length === 4;
  const { socket, connect, getsockname } = sockets();
  const descriptor = socket(isIpv4 ? AF_INET : AF_INET6, SOCK_DGRAM, 0);
  if (descriptor < 0) return "other";
  try {
    const remote = internetAddress(address, DISCARD);
    // Without SO_BROADCAST the kernel refuses broadcast addresses, those of its own networks too.
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
