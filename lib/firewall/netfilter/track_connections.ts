/**
 * Enters open connections into the kernel's connection tracking. Where no rule used it yet, the kernel does not know the
 * connections that are open. A rule that drops all but established connections would then drop the next packet of a
 * client, and an idle session would hang.
 *
 * The message is that of ctnetlink (`linux/netfilter/nfnetlink_conntrack.h`).
 *
 * @module
 */
import { NetlinkSocket } from "../../../ffi/netlink_socket.ts";
import { SystemError } from "../../../ffi/libc.ts";
import { LINUX_ONLY } from "../../../ffi/platform.ts";
import { reasonOf } from "../../errors/reason.ts";
import type { Service } from "../../net/service.ts";
import { type Connection, type Endpoint, readConnections } from "./connections.ts";

/** NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_NEW. */
const NEW_ENTRY = 1 << 8;
/** NLM_F_REQUEST, NLM_F_EXCL, NLM_F_CREATE: an entry that is there stays as it is. */
const FLAGS = 0x1 | 0x200 | 0x400;
const NESTED = 0x8000;
/** IPS_SEEN_REPLY, IPS_ASSURED, IPS_CONFIRMED. */
const STATUS = 0x2 | 0x4 | 0x8;
/** Seconds: the kernel's time for an established connection without packets. */
const TIMEOUT = 432_000;
const TCP = 6;
/** TCP_CONNTRACK_ESTABLISHED. */
const ESTABLISHED = 3;
/** IP_CT_TCP_FLAG_BE_LIBERAL, as flags and mask: the kernel has not seen the sequence numbers. */
const LIBERAL = [0x8, 0x8];
const FAMILIES = { 4: 2, 6: 10 } as const;

/** The message that enters a connection which a client opened to this host. */
export function trackingMessage({ remote, local }: Connection): Uint8Array<ArrayBuffer> {
  const body = [
    ...[FAMILIES[local.address.family], 0, 0, 0],
    ...attribute(1 | NESTED, tuple(remote, local)),
    ...attribute(2 | NESTED, tuple(local, remote)),
    ...attribute(3, number(STATUS, 4)),
    ...attribute(7, number(TIMEOUT, 4)),
    ...attribute(
      4 | NESTED,
      attribute(1 | NESTED, [
        ...attribute(1, [ESTABLISHED]),
        ...attribute(4, LIBERAL),
        ...attribute(5, LIBERAL),
      ]),
    ),
  ];
  const message = new Uint8Array(16 + body.length);
  const header = new DataView(message.buffer);
  header.setUint32(0, message.length, true);
  header.setUint16(4, NEW_ENTRY, true);
  header.setUint16(6, FLAGS, true);
  message.set(body, 16);
  return message;
}

/**
 * Enters the connections that are open to these services of this host.
 *
 * @returns why they cannot be entered; `undefined` if the kernel has dealt with them.
 */
export function keepSessionsOpen(services: readonly Service[]): string | undefined {
  const ports = services.flatMap(({ protocol, port }) => protocol === "tcp" ? [port] : []);
  if (ports.length === 0) return undefined;
  try {
    return trackConnections(
      readConnections().filter(({ state, local }) =>
        state === "open" && ports.includes(local.port)
      ),
    );
  } catch (error) {
    return reasonOf(error);
  }
}

/**
 * Enters connections. One that the kernel does not take, or that it knows, is left as it is.
 *
 * @returns why they cannot be entered; `undefined` if the kernel has dealt with them.
 */
function trackConnections(connections: readonly Connection[]): string | undefined {
  if (connections.length === 0) return undefined;
  try {
    const socket = new NetlinkSocket(LINUX_ONLY.NETLINK_NETFILTER, 0);
    try {
      for (const connection of connections) socket.send(trackingMessage(connection));
    } finally {
      socket.close();
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return error.reason;
  }
}

/** CTA_TUPLE_IP and CTA_TUPLE_PROTO. */
function tuple(from: Endpoint, to: Endpoint): number[] {
  const [source, destination] = from.address.family === 4 ? [1, 2] : [3, 4];
  return [
    ...attribute(1 | NESTED, [
      ...attribute(source, [...from.address.bytes]),
      ...attribute(destination, [...to.address.bytes]),
    ]),
    ...attribute(2 | NESTED, [
      ...attribute(1, [TCP]),
      ...attribute(2, number(from.port, 2)),
      ...attribute(3, number(to.port, 2)),
    ]),
  ];
}

/** A number in network order. */
function number(value: number, bytes: 2 | 4): number[] {
  return Array.from({ length: bytes }, (_, at) => value >>> 8 * (bytes - 1 - at) & 0xff);
}

/** Length and type in the order of bytes of this host, the value, and padding to four bytes. */
function attribute(type: number, value: readonly number[]): number[] {
  const length = 4 + value.length;
  const padding = Array.from({ length: (4 - length % 4) % 4 }, () => 0);
  return [length & 0xff, length >> 8, type & 0xff, type >> 8, ...value, ...padding];
}
