/**
 * Builds packets and frames for tests.
 *
 * @module
 */
import { parseAddress } from "../../lib/net/address.ts";

/** The bytes of numbers and byte strings, joined in order. */
export function bytes(...parts: readonly (number | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => typeof part === "number" ? [part] : [...part]));
}

/** 16 bits in network order. */
export function word(value: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(value >> 8, value & 0xff);
}

function addressBytes(text: string): Uint8Array {
  const address = parseAddress(text);
  if (address === undefined) throw new TypeError(`Not an address: ${text}`);
  return address.bytes;
}

/** A UDP header and payload, without a checksum. */
export function udp(
  sourcePort: number,
  destinationPort: number,
  payload: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return bytes(
    word(sourcePort),
    word(destinationPort),
    word(8 + payload.length),
    word(0),
    payload,
  );
}

/** A TCP header with data; `options` must be a multiple of 4 bytes. */
export function tcp(
  sourcePort: number,
  destinationPort: number,
  payload: Uint8Array,
  options: Uint8Array = new Uint8Array(0),
): Uint8Array<ArrayBuffer> {
  const headerWords = 5 + options.length / 4;
  return bytes(
    word(sourcePort),
    word(destinationPort),
    new Uint8Array(8),
    headerWords << 4,
    0x18,
    word(0xffff),
    word(0),
    word(0),
    options,
    payload,
  );
}

/** Fields of an IP header that differ from the defaults. */
export interface HeaderOptions {
  readonly from?: string;
  readonly to?: string;
  /** IPv4 options, a multiple of 4 bytes. */
  readonly options?: Uint8Array;
  /** IPv4 flags and fragment offset. */
  readonly fragment?: number;
  /** IPv4 total length or IPv6 payload length, for a wrong value. */
  readonly length?: number;
}

/** An IPv4 packet with a correct header checksum. */
export function ipv4(
  protocol: number,
  segment: Uint8Array,
  given: HeaderOptions = {},
): Uint8Array<ArrayBuffer> {
  const options = given.options ?? new Uint8Array(0);
  const header = bytes(
    0x45 + options.length / 4,
    0,
    word(given.length ?? 20 + options.length + segment.length),
    word(0x1234),
    word(given.fragment ?? 0),
    64,
    protocol,
    word(0),
    addressBytes(given.from ?? "192.0.2.44"),
    addressBytes(given.to ?? "198.51.100.7"),
    options,
  );
  header.set(word(checksum(header)), 10);
  return bytes(header, segment);
}

/** An IPv6 packet; `next` is the type of the first header in `rest`. */
export function ipv6(
  next: number,
  rest: Uint8Array,
  given: HeaderOptions = {},
): Uint8Array<ArrayBuffer> {
  return bytes(
    0x60,
    0,
    0,
    0,
    word(given.length ?? rest.length),
    next,
    64,
    addressBytes(given.from ?? "2001:db8::44"),
    addressBytes(given.to ?? "2001:db8::7"),
    rest,
  );
}

/** An Ethernet header and its payload, padded to 60 bytes, the least that a card sends. */
export function ethernet(type: number, rest: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = bytes(new Uint8Array(6).fill(0xff), 2, 0, 0, 0, 0, 1, word(type), rest);
  return frame.length >= 60 ? frame : bytes(frame, new Uint8Array(60 - frame.length));
}

/** A VLAN tag and the tagged data. */
export function tagged(vlan: number, type: number, rest: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes(word(vlan), word(type), rest);
}

/** RFC 1071. */
function checksum(header: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < header.length; index += 2) {
    sum += (header[index] ?? 0) << 8 | (header[index + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
