/**
 * Reports from the kernel about interfaces that appear, change and disappear (rtnetlink(7)). Linux only.
 *
 * @module
 */
import { check } from "./libc.ts";
import { NetlinkSocket } from "./netlink_socket.ts";
import { LINUX_ONLY } from "./platform.ts";
import { sockets } from "./readiness.ts";

const RTM_GETLINK = 18;
/** NLM_F_REQUEST | NLM_F_DUMP */
const REQUEST_DUMP = 0x301;

/**
 * A socket that receives every change of an interface in this network namespace. After an overrun the caller must call
 * {@link requestAll}.
 */
export class LinkSocket extends NetlinkSocket {
  /** @throws {SystemError} when the system refuses. */
  constructor() {
    super(LINUX_ONLY.NETLINK_ROUTE, LINUX_ONLY.RTMGRP_LINK);
  }

  /** Asks for the state of every interface. The answers arrive like changes do. */
  requestAll(): void {
    // struct nlmsghdr { u32 length; u16 type; u16 flags; u32 sequence; u32 pid; } and ifinfomsg.
    const message = new DataView(new ArrayBuffer(32));
    message.setUint32(0, 32, true);
    message.setUint16(4, RTM_GETLINK, true);
    message.setUint16(6, REQUEST_DUMP, true);
    check(sockets().send(this.descriptor, new Uint8Array(message.buffer), 32n, 0), "send");
  }
}
