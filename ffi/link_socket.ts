/**
 * The kernel's own word on interfaces coming and going (rtnetlink(7)). Linux only.
 *
 * @module
 */
import { check, errno, errorCode } from "./libc.ts";
import { LINUX_ONLY, platform } from "./platform.ts";
import { closeDescriptor, sockets } from "./readiness.ts";

const RTM_GETLINK = 18;
/** NLM_F_REQUEST | NLM_F_DUMP */
const REQUEST_DUMP = 0x301;

/** A socket that hears of every change of an interface in this network namespace. */
export class LinkSocket {
  readonly descriptor: number;
  readonly #buffer = new Uint8Array(new ArrayBuffer(32768));

  /** @throws {SystemError} when the system refuses. */
  constructor() {
    const { AF_NETLINK, SOCK_RAW, SOCK_CLOEXEC, NETLINK_ROUTE, RTMGRP_LINK } = LINUX_ONLY;
    const kind = SOCK_RAW | SOCK_CLOEXEC;
    this.descriptor = check(sockets().socket(AF_NETLINK, kind, NETLINK_ROUTE), "socket");
    // struct sockaddr_nl { u16 family; u16 pad; u32 pid; u32 groups; }
    const address = new DataView(new ArrayBuffer(12));
    address.setUint16(0, AF_NETLINK, true);
    address.setUint32(8, RTMGRP_LINK, true);
    const bytes = new Uint8Array(address.buffer);
    if (sockets().bind(this.descriptor, bytes, bytes.length) !== 0) {
      this.close();
      check(-1, "bind");
    }
  }

  /** Asks for the state of every interface; the answers arrive like changes do. */
  requestAll(): void {
    // struct nlmsghdr { u32 length; u16 type; u16 flags; u32 sequence; u32 pid; } and ifinfomsg.
    const message = new DataView(new ArrayBuffer(32));
    message.setUint32(0, 32, true);
    message.setUint16(4, RTM_GETLINK, true);
    message.setUint16(6, REQUEST_DUMP, true);
    check(sockets().send(this.descriptor, new Uint8Array(message.buffer), 32n, 0), "send");
  }

  /**
   * The next batch of netlink messages without waiting: a view until the next call.
   *
   * @returns `undefined` when there is none; `"overrun"` when some were lost and
   * {@link requestAll} is due.
   */
  receive(): Uint8Array | "overrun" | undefined {
    const { MSG_DONTWAIT } = platform().number;
    const size = BigInt(this.#buffer.length);
    const length = sockets().recv(this.descriptor, this.#buffer, size, MSG_DONTWAIT);
    if (length >= 0) return this.#buffer.subarray(0, length);
    return errorCode(errno()) === "ENOBUFS" ? "overrun" : undefined;
  }

  /** Lets go of the socket. */
  close(): void {
    closeDescriptor(this.descriptor);
  }
}
