/**
 * A bound UDP socket that reports to which of the host's addresses a packet was sent.
 *
 * @module
 */
import { check, errno, errorCode, lastError, SystemError } from "./libc.ts";
import { isLinux, LINUX_ONLY, platform } from "./platform.ts";
import { closeDescriptor, closeOnExec, sockets } from "./readiness.ts";
import { INTERNET_ADDRESS_SIZE, wildcardAddress } from "./socket_address.ts";

/** `struct iovec { void *base; size_t len; }` */
const VECTOR_SIZE = 16;
const CONTROL_SIZE = 128;

/** How to open a {@link UdpSocket}. */
export interface UdpSocketOptions {
  /** 0: the system picks a port. */
  readonly port: number;
  /** Bytes kept of each datagram; longer ones are cut. */
  readonly payloadSize: number;
  /** Bytes of kernel buffer to ask for. */
  readonly bufferSize: number;
}

/**
 * Listens on every IPv4 and IPv6 address. It holds one packet at a time: {@link receive} overwrites
 * the fields and the views. No memory is allocated per packet. Once the C library has been used, opening
 * and receiving also work after the `ffi` permission is dropped.
 */
export class UdpSocket {
  readonly descriptor: number;
  readonly port: number;
  /** Source address of the packet that is held, 16 bytes; IPv4 as `::ffff:a.b.c.d`. */
  readonly source: Uint8Array<ArrayBuffer> = mappedAddress();
  /** Destination address of the packet that is held, 16 bytes; IPv4 as `::ffff:a.b.c.d`. */
  readonly destination: Uint8Array<ArrayBuffer> = mappedAddress();
  sourcePort = 0;

  /** One block for all data that C writes. Its address is taken once, and it never moves. */
  readonly #block: Uint8Array<ArrayBuffer>;
  readonly #view: DataView<ArrayBuffer>;
  readonly #header = platform().messageHeader;
  readonly #controlHeader = platform().controlHeader;
  readonly #number = platform().number;
  readonly #nameOffset: number;
  readonly #controlOffset: number;
  readonly #payloadOffset: number;
  readonly #payloadSize: number;
  #dropped = 0;
  #closed = false;

  /**
   * @throws {SystemError} `EADDRINUSE` when the port is taken; `EACCES` for a port below 1024 without the privilege.
   */
  constructor(options: UdpSocketOptions) {
    this.#payloadSize = options.payloadSize;
    this.#nameOffset = this.#header.size + VECTOR_SIZE;
    this.#controlOffset = this.#nameOffset + 32;
    this.#payloadOffset = this.#controlOffset + CONTROL_SIZE;
    this.#block = new Uint8Array(new ArrayBuffer(this.#payloadOffset + options.payloadSize));
    this.#view = new DataView(this.#block.buffer);
    this.#prepareHeader();
    this.descriptor = openDualStack(options.port);
    try {
      growBuffer(this.descriptor, options.bufferSize);
      this.port = boundPort(this.descriptor);
    } catch (error) {
      closeDescriptor(this.descriptor);
      throw error;
    }
  }

  /**
   * Takes one packet without waiting.
   *
   * @returns the length of its payload after the cut, or -1 when no packet is waiting.
   * @throws {SystemError} when the socket is broken.
   */
  receive(): number {
    const { nameLength, controlLength } = this.#header;
    this.#view.setUint32(nameLength, INTERNET_ADDRESS_SIZE, true);
    this.#view.setUint32(controlLength, CONTROL_SIZE, true);
    const length = sockets().recvmsg(this.descriptor, this.#block, this.#number.MSG_DONTWAIT);
    if (length < 0) {
      this.#checkEmpty();
      return -1;
    }
    this.#readSource();
    this.#readDestination();
    return length;
  }

  /** The payload of the packet that is held: a view that the next {@link receive} overwrites. */
  payload(length: number): Uint8Array<ArrayBuffer> {
    return this.#block.subarray(this.#payloadOffset, this.#payloadOffset + length);
  }

  /** Packets lost since the socket was opened because the kernel's buffer was full. */
  dropped(): number {
    if (this.#closed || !isLinux) return this.#dropped;
    const counters = new Uint32Array(new ArrayBuffer(36));
    const size = new Uint32Array(new ArrayBuffer(8));
    size[0] = counters.byteLength;
    const result = sockets().getsockopt(
      this.descriptor,
      this.#number.SOL_SOCKET,
      LINUX_ONLY.SO_MEMINFO,
      new Uint8Array(counters.buffer),
      new Uint8Array(size.buffer),
    );
    if (result === 0) this.#dropped = counters[LINUX_ONLY.SK_MEMINFO_DROPS] ?? 0;
    return this.#dropped;
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.dropped();
    this.#closed = true;
    closeDescriptor(this.descriptor);
  }

  #prepareHeader(): void {
    const base = sockets().address_of(this.#block, this.#block, 0n);
    const { name, vector, vectorLength, control, size } = this.#header;
    const address = (offset: number) => base + BigInt(offset);
    this.#view.setBigUint64(name, address(this.#nameOffset), true);
    this.#view.setBigUint64(vector, address(size), true);
    this.#view.setUint32(vectorLength, 1, true);
    this.#view.setBigUint64(control, address(this.#controlOffset), true);
    this.#view.setBigUint64(size, address(this.#payloadOffset), true);
    this.#view.setBigUint64(size + 8, BigInt(this.#payloadSize), true);
  }

  /** An empty socket and a harmless ICMP error are not failures. */
  #checkEmpty(): void {
    const code = errorCode(errno());
    if (!HARMLESS.has(code)) throw lastError("recvmsg");
  }

  #readSource(): void {
    this.sourcePort = this.#view.getUint16(this.#nameOffset + 2);
    const familyByte = this.#block[this.#nameOffset + (platform().addressHasLength ? 1 : 0)];
    if (familyByte === this.#number.AF_INET) {
      copyIpv4(this.#block, this.#nameOffset + 4, this.source);
    } else {
      copyBytes(this.#block, this.#nameOffset + 8, this.source, 0, 16);
    }
  }

  /** Reads the control messages. Without a destination in them, the destination is `0.0.0.0`. */
  #readDestination(): void {
    this.destination.fill(0, 12);
    this.destination.set(MAPPED_PREFIX);
    const layout = this.#controlHeader;
    let offset = this.#controlOffset;
    const end = offset + Math.min(
      this.#view.getUint32(this.#header.controlLength, true),
      CONTROL_SIZE,
    );
    while (offset + layout.data <= end) {
      const length = this.#view.getUint32(offset, true);
      if (length < layout.data || offset + length > end) return;
      const level = this.#view.getInt32(offset + layout.level, true);
      const type = this.#view.getInt32(offset + layout.type, true);
      const data = offset + layout.data;
      if (level === this.#number.IPPROTO_IPV6 && type === this.#number.IPV6_PKTINFO) {
        copyBytes(this.#block, data, this.destination, 0, 16);
      } else if (level === this.#number.IPPROTO_IP && type === this.#number.IP_PKTINFO) {
        // struct in_pktinfo { int ifindex; in_addr spec_dst; in_addr addr; }: `addr` is the header's address.
        copyIpv4(this.#block, data + 8, this.destination);
      }
      offset += (length + layout.alignment - 1) & -layout.alignment;
    }
  }
}

const HARMLESS = new Set(["0", "EAGAIN", "EINTR", "ECONNREFUSED", "ENETDOWN", "ENOBUFS"]);
const MAPPED_PREFIX = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff);

function mappedAddress(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(16);
  bytes.set(MAPPED_PREFIX);
  return bytes;
}

function copyBytes(
  from: Uint8Array,
  offset: number,
  to: Uint8Array,
  start: number,
  count: number,
): void {
  for (let index = 0; index < count; index++) to[start + index] = from[offset + index] ?? 0;
}

function copyIpv4(from: Uint8Array, offset: number, to: Uint8Array): void {
  to.set(MAPPED_PREFIX);
  copyBytes(from, offset, to, 12, 4);
}

/** One socket for both families; an IPv4 socket where the kernel has no IPv6. */
function openDualStack(port: number): number {
  const { AF_INET, AF_INET6, IPPROTO_IP, IPPROTO_IPV6, IP_PKTINFO, IPV6_RECVPKTINFO, IPV6_V6ONLY } =
    platform().number;
  try {
    return openBound(AF_INET6, wildcardAddress(6, port), [
      [IPPROTO_IPV6, IPV6_V6ONLY, 0],
      [IPPROTO_IPV6, IPV6_RECVPKTINFO, 1],
    ]);
  } catch (error) {
    const noIpv6 = error instanceof SystemError &&
      (error.code === "EAFNOSUPPORT" || error.code === "EADDRNOTAVAIL");
    if (!noIpv6) throw error;
    return openBound(AF_INET, wildcardAddress(4, port), [[IPPROTO_IP, IP_PKTINFO, 1]]);
  }
}

function openBound(
  family: number,
  address: Uint8Array<ArrayBuffer>,
  switches: readonly (readonly [level: number, option: number, value: number])[],
): number {
  const descriptor = check(sockets().socket(family, platform().number.SOCK_DGRAM, 0), "socket");
  try {
    closeOnExec(descriptor);
    for (const [level, option, value] of switches) {
      check(setInteger(descriptor, level, option, value), "setsockopt");
    }
    check(sockets().bind(descriptor, address, address.length), "bind");
    return descriptor;
  } catch (error) {
    closeDescriptor(descriptor);
    throw error;
  }
}

function setInteger(descriptor: number, level: number, option: number, value: number): number {
  const bytes = new Uint8Array(new Int32Array([value]).buffer);
  return sockets().setsockopt(descriptor, level, option, bytes, bytes.length);
}

/** The wanted buffer size with the privilege, else as much as `net.core.rmem_max` allows. */
function growBuffer(descriptor: number, size: number): void {
  const { SOL_SOCKET, SO_RCVBUF } = platform().number;
  const forced = isLinux &&
    setInteger(descriptor, SOL_SOCKET, LINUX_ONLY.SO_RCVBUFFORCE, size) === 0;
  if (!forced) setInteger(descriptor, SOL_SOCKET, SO_RCVBUF, size);
}

function boundPort(descriptor: number): number {
  const address = new Uint8Array(INTERNET_ADDRESS_SIZE);
  const size = new Uint8Array(new Uint32Array([address.length]).buffer);
  check(sockets().getsockname(descriptor, address, size), "getsockname");
  return new DataView(address.buffer).getUint16(2);
}
