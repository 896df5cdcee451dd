/**
 * A UDP socket for tests that sends at once, from an address that the kernel picks.
 *
 * @module
 */
import { parseAddress } from "../../lib/net/address.ts";
import { platform } from "../../ffi/platform.ts";
import { closeDescriptor, sockets } from "../../ffi/readiness.ts";
import { wildcardAddress } from "../../ffi/socket_address.ts";

const C = Deno.dlopen(platform().libc[0] ?? "", {
  sendto: {
    parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"],
    result: "i32",
  },
}).symbols;

// Loaded outside a test: inside one, Deno 2.4 would report it as a leak.
sockets();

/** Sends datagrams synchronously, so a test knows that they are in the receiver's buffer. */
export class UdpSender implements Disposable {
  readonly port: number;
  readonly #descriptor: number;

  constructor(readonly family: 4 | 6) {
    const { AF_INET, AF_INET6, SOCK_DGRAM } = platform().number;
    this.#descriptor = sockets().socket(family === 4 ? AF_INET : AF_INET6, SOCK_DGRAM, 0);
    const any = wildcardAddress(family, 0);
    if (sockets().bind(this.#descriptor, any, any.length) !== 0) throw new Error("bind");
    const size = new Uint8Array(new Uint32Array([any.length]).buffer);
    sockets().getsockname(this.#descriptor, any, size);
    this.port = new DataView(any.buffer).getUint16(2);
  }

  send(host: string, port: number, payload: Uint8Array): void {
    const address = parseAddress(host);
    if (address === undefined) throw new TypeError(`Not an address: ${host}`);
    const to = wildcardAddress(address.family, port);
    to.set(address.bytes, address.family === 4 ? 4 : 8);
    const sent = C.sendto(
      this.#descriptor,
      payload.slice(),
      BigInt(payload.length),
      0,
      to,
      to.length,
    );
    if (sent !== payload.length) throw new Error(`Sending to ${host} port ${port} failed`);
  }

  [Symbol.dispose](): void {
    closeDescriptor(this.#descriptor);
  }
}
