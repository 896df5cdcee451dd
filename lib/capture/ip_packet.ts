/**
 * Decodes an IP packet down to its transport payload. Pure; every byte string has a result.
 *
 * @module
 */
import { type Address, addressFromBytes } from "../net/address.ts";
import type { Datagram } from "./datagram.ts";

/** Why a packet is refused. */
export type IpRefusal =
  /** Neither version 4 nor 6, or lengths that contradict each other. */
  | "malformed"
  /** The capture does not have the whole packet: MAX_SNIFF_BYTES is too small, or the sender lies. */
  | "cut"
  /** One of several fragments. They are not reassembled: a knock fits into one packet. */
  | "fragment"
  /** Not UDP, TCP, ICMP or ICMPv6, or an extension header that hides the protocol. */
  | "protocol";

const TCP = 6;
const UDP = 17;
const ICMP = 1;
const ICMPV6 = 58;

/** Extension headers of IPv6 (RFC 8200 4, RFC 4302), which differ in how they state their length. */
const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION_OPTIONS = 60;
/** RFC 8200 allows each header once or twice. Longer chains are attacks on decoders. */
const MOST_EXTENSIONS = 8;

/**
 * Decodes the packet that starts at the first byte. Bytes after its end (padding) are ignored.
 *
 * Header checksums are not verified: network cards verify them, and in packets that leave this host
 * they are not filled in yet. Nothing in a packet is trusted before its HMAC is verified.
 */
export function parseIpPacket(bytes: Uint8Array): Datagram | IpRefusal {
  switch ((bytes[0] ?? 0) >> 4) {
    case 4:
      return parseIpv4(bytes);
    case 6:
      return parseIpv6(bytes);
    default:
      return "malformed";
  }
}

function word(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] ?? 0) << 8 | (bytes[offset + 1] ?? 0);
}

function parseIpv4(bytes: Uint8Array): Datagram | IpRefusal {
  const headerLength = ((bytes[0] ?? 0) & 0x0f) * 4;
  const end = word(bytes, 2);
  if (headerLength < 20 || end < headerLength) return "malformed";
  if (end > bytes.length) return "cut";
  // The flag "more fragments", or an offset.
  if ((word(bytes, 6) & 0x3fff) !== 0) return "fragment";
  const protocol = bytes[9] ?? 0;
  const addresses = new AddressPair(bytes.subarray(12, 20));
  return parseTransport(addresses, protocol, bytes.subarray(headerLength, end));
}

function parseIpv6(bytes: Uint8Array): Datagram | IpRefusal {
  const end = 40 + word(bytes, 4);
  if (end > bytes.length) return "cut";
  // IPv4-mapped addresses are not used on the wire (RFC 6890), and must not match an IPv4 SOURCE.
  if (isMapped(bytes, 8) || isMapped(bytes, 24)) return "malformed";
  let next = bytes[6] ?? 0;
  let offset = 40;
  for (let count = 0; isExtension(next); count++) {
    if (next === FRAGMENT) return "fragment";
    if (count === MOST_EXTENSIONS || offset + 8 > end) return "malformed";
    const units = bytes[offset + 1] ?? 0;
    const length = next === AUTHENTICATION ? (units + 2) * 4 : (units + 1) * 8;
    next = bytes[offset] ?? 0;
    offset += length;
    if (offset > end) return "malformed";
  }
  const addresses = new AddressPair(bytes.subarray(8, 40));
  return parseTransport(addresses, next, bytes.subarray(offset, end));
}

function isMapped(bytes: Uint8Array, offset: number): boolean {
  for (let index = 0; index < 10; index++) if (bytes[offset + index] !== 0) return false;
  return word(bytes, offset + 10) === 0xffff;
}

function isExtension(next: number): boolean {
  return next === HOP_BY_HOP || next === ROUTING || next === FRAGMENT || next === AUTHENTICATION ||
    next === DESTINATION_OPTIONS;
}

/** @param segment the transport header and its payload, to the end of the packet. */
function parseTransport(
  addresses: AddressPair,
  protocol: number,
  segment: Uint8Array,
): Datagram | IpRefusal {
  switch (protocol) {
    case UDP: {
      const length = word(segment, 4);
      if (segment.length < 8 || length < 8 || length > segment.length) return "malformed";
      return new Transported(addresses, protocol, segment, segment.subarray(8, length));
    }
    case TCP: {
      const headerLength = ((segment[12] ?? 0) >> 4) * 4;
      if (headerLength < 20 || headerLength > segment.length) return "malformed";
      return new Transported(addresses, protocol, segment, segment.subarray(headerLength));
    }
    case ICMP:
    case ICMPV6:
      if (segment.length < 8) return "malformed";
      return new Transported(addresses, protocol, undefined, segment.subarray(8));
    default:
      return "protocol";
  }
}

/** Source and destination. They become addresses only when they are read. */
class AddressPair {
  readonly #bytes: Uint8Array;
  #source: Address | undefined;
  #destination: Address | undefined;

  /** @param bytes both addresses, source first. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get source(): Address {
    return this.#source ??= addressFromBytes(this.#bytes.subarray(0, this.#bytes.length / 2));
  }

  get destination(): Address {
    return this.#destination ??= addressFromBytes(this.#bytes.subarray(this.#bytes.length / 2));
  }
}

class Transported implements Datagram {
  readonly #addresses: AddressPair;
  readonly sourcePort: number;
  readonly destinationPort: number;

  /** @param ports a header that starts with both ports; absent: the protocol has no ports. */
  constructor(
    addresses: AddressPair,
    readonly protocol: number,
    ports: Uint8Array | undefined,
    readonly payload: Uint8Array,
  ) {
    this.#addresses = addresses;
    this.sourcePort = ports === undefined ? 0 : word(ports, 0);
    this.destinationPort = ports === undefined ? 0 : word(ports, 2);
  }

  get source(): Address {
    return this.#addresses.source;
  }

  get destination(): Address {
    return this.#addresses.destination;
  }
}
