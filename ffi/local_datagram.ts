/**
 * Sends to a local (Unix) datagram socket, the kind on which syslog and systemd listen.
 *
 * @module
 */
import { errno, errorCode } from "./libc.ts";
import { isLinux, LINUX_ONLY, platform } from "./platform.ts";
import { closeDescriptor, closeOnExec, sockets } from "./readiness.ts";
import { localAddress } from "./socket_address.ts";

/** A receiver that may stop and start: each send connects again when it must. Never waits. */
export class LocalDatagram implements Disposable {
  readonly #address: Uint8Array<ArrayBuffer>;
  #descriptor: number | undefined;

  /**
   * @param path of the socket; a leading `@` means an abstract name (Linux).
   * @throws {RangeError} when the path is too long for a socket.
   */
  constructor(path: string) {
    this.#address = localAddress(path);
    this.#connect();
  }

  /** Returns whether the message was accepted. False when no process listens or the receiver's queue is full. */
  send(message: Uint8Array<ArrayBuffer>): boolean {
    if (this.#descriptor !== undefined) {
      if (this.#trySend(this.#descriptor, message)) return true;
      // The receiver's queue is full but the receiver is there: connecting again would not help.
      if (["EAGAIN", "ENOBUFS"].includes(errorCode(errno()))) return false;
    }
    this.#connect();
    return this.#descriptor !== undefined && this.#trySend(this.#descriptor, message);
  }

  /** Idempotent. */
  [Symbol.dispose](): void {
    if (this.#descriptor !== undefined) closeDescriptor(this.#descriptor);
    this.#descriptor = undefined;
  }

  #trySend(descriptor: number, message: Uint8Array<ArrayBuffer>): boolean {
    const { MSG_DONTWAIT } = platform().number;
    return sockets().send(descriptor, message, BigInt(message.length), MSG_DONTWAIT) >= 0;
  }

  #connect(): void {
    this[Symbol.dispose]();
    const { AF_UNIX, SOCK_DGRAM } = platform().number;
    const type = isLinux ? SOCK_DGRAM | LINUX_ONLY.SOCK_CLOEXEC : SOCK_DGRAM;
    const descriptor = sockets().socket(AF_UNIX, type, 0);
    if (descriptor < 0) return;
    if (!isLinux) closeOnExec(descriptor);
    if (sockets().connect(descriptor, this.#address, this.#address.length) === 0) {
      this.#descriptor = descriptor;
    } else {
      closeDescriptor(descriptor);
    }
  }
}
