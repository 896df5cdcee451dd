/**
 * A local datagram socket that receives, like those of syslog and systemd.
 *
 * @module
 */
import { platform } from "../../ffi/platform.ts";
import { closeDescriptor, sockets } from "../../ffi/readiness.ts";
import { localAddress } from "../../ffi/socket_address.ts";

// Loaded outside a test: inside one, Deno 2.4 would report it as a leak.
sockets();

/** Receives without waiting: messages from this process are there at once. */
export class LocalReceiver implements Disposable {
  readonly #descriptor: number;

  constructor(path: string) {
    const { AF_UNIX, SOCK_DGRAM } = platform().number;
    this.#descriptor = sockets().socket(AF_UNIX, SOCK_DGRAM, 0);
    const address = localAddress(path);
    if (sockets().bind(this.#descriptor, address, address.length) !== 0) {
      throw new Error(`Cannot bind ${path}`);
    }
  }

  /** The next message; `undefined` when there is no message. */
  receive(): string | undefined {
    const bytes = new Uint8Array(65536);
    const { MSG_DONTWAIT } = platform().number;
    const length = sockets().recv(this.#descriptor, bytes, 65536n, MSG_DONTWAIT);
    return length < 0 ? undefined : new TextDecoder().decode(bytes.subarray(0, length));
  }

  [Symbol.dispose](): void {
    closeDescriptor(this.#descriptor);
  }
}
