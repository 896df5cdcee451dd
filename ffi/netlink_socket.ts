/**
 * Talks to the kernel over netlink(7), and receives what it multicasts when its state changes. Linux only.
 *
 * @module
 */
import { check, errno, errorCode, lastError } from "./libc.ts";
import { LINUX_ONLY, platform } from "./platform.ts";
import { closeDescriptor, sockets } from "./readiness.ts";

/** A netlink socket that has joined some groups, in the network namespace of this process. */
export class NetlinkSocket {
  readonly descriptor: number;
  readonly #buffer = new Uint8Array(new ArrayBuffer(32768));

  /**
   * @param protocol `NETLINK_…`. @param groups a mask of the groups to join.
   * @throws {SystemError} when the system refuses.
   */
  constructor(protocol: number, groups: number) {
    const { AF_NETLINK, SOCK_RAW, SOCK_CLOEXEC } = LINUX_ONLY;
    const kind = SOCK_RAW | SOCK_CLOEXEC;
    this.descriptor = check(sockets().socket(AF_NETLINK, kind, protocol), "socket");
    // struct sockaddr_nl { u16 family; u16 pad; u32 pid; u32 groups; }
    const address = new DataView(new ArrayBuffer(12));
    address.setUint16(0, AF_NETLINK, true);
    address.setUint32(8, groups, true);
    const bytes = new Uint8Array(address.buffer);
    if (sockets().bind(this.descriptor, bytes, bytes.length) !== 0) {
      const error = lastError("bind");
      this.close();
      throw error;
    }
  }

  /**
   * The next batch of netlink messages, without waiting: a view that is valid until the next call.
   *
   * @returns `undefined` when no message is waiting; `"overrun"` when the kernel dropped some.
   */
  receive(): Uint8Array | "overrun" | undefined {
    const { MSG_DONTWAIT } = platform().number;
    const size = BigInt(this.#buffer.length);
    const length = sockets().recv(this.descriptor, this.#buffer, size, MSG_DONTWAIT);
    if (length >= 0) return this.#buffer.subarray(0, length);
    return errorCode(errno()) === "ENOBUFS" ? "overrun" : undefined;
  }

  /**
   * Sends a message to the kernel, which has dealt with it when this returns.
   *
   * @throws {SystemError} when the system refuses to send.
   */
  send(message: Uint8Array<ArrayBuffer>): void {
    check(sockets().send(this.descriptor, message, BigInt(message.length), 0), "send");
  }

  /** Closes the socket. */
  close(): void {
    closeDescriptor(this.descriptor);
  }
}
