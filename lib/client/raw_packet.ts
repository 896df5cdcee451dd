/**
 * Builds IPv4 packets for the raw transports (`docs/spec/client.md` 10, `docs/spec/wire.md` 10.3).
 *
 * @module
 */
import { concatBytes } from "../crypto/bytes.ts";
import { PROTOCOL_NUMBERS } from "../net/service.ts";

/** Contents of the headers. All random values come from the caller. */
export interface RawPacketOptions {
  /** 4 bytes; zeros leave the choice to the kernel. */
  readonly source: Uint8Array;
  /** 4 bytes. */
  readonly destination: Uint8Array;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** IP identification, 0 to 65535. */
  readonly id: number;
}

/** The ICMP header's type and code, and the id of an echo request. */
export interface IcmpOptions extends RawPacketOptions {
  readonly icmpType: number;
  readonly icmpCode: number;
  readonly icmpId: number;
}

const TIME_TO_LIVE = 255;
const IP_HEADER_LENGTH = 20;
const SYN = 0x02;
const WINDOW = 32767;
const ECHO_REQUEST = 8;

/** UDP with checksum 0, which means "no checksum" (RFC 768). */
export function rawUdp(payload: Uint8Array, options: RawPacketOptions): Uint8Array<ArrayBuffer> {
  const header = new DataView(new ArrayBuffer(8));
  header.setUint16(0, options.sourcePort);
  header.setUint16(2, options.destinationPort);
  header.setUint16(4, 8 + payload.length);
  return ipPacket(PROTOCOL_NUMBERS.udp, header, payload, options);
}

/** A TCP SYN that carries the payload. Its checksum is 0, as in the C client. */
export function rawTcp(payload: Uint8Array, options: RawPacketOptions): Uint8Array<ArrayBuffer> {
  const header = new DataView(new ArrayBuffer(20));
  header.setUint16(0, options.sourcePort);
  header.setUint16(2, options.destinationPort);
  header.setUint32(4, 1);
  header.setUint8(12, 5 << 4);
  header.setUint8(13, SYN);
  header.setUint16(14, WINDOW);
  return ipPacket(PROTOCOL_NUMBERS.tcp, header, payload, options);
}

/** ICMP with a correct checksum. An echo request has an id and the sequence number 1. */
export function rawIcmp(payload: Uint8Array, options: IcmpOptions): Uint8Array<ArrayBuffer> {
  const header = new DataView(new ArrayBuffer(8));
  header.setUint8(0, options.icmpType);
  header.setUint8(1, options.icmpCode);
  if (options.icmpType === ECHO_REQUEST && options.icmpCode === 0) {
    header.setUint16(4, options.icmpId);
    header.setUint16(6, 1);
  }
  header.setUint16(2, internetChecksum(concatBytes(new Uint8Array(header.buffer), payload)));
  return ipPacket(PROTOCOL_NUMBERS.icmp, header, payload, options);
}

/** The ones' complement sum of 16-bit words (RFC 1071). */
function internetChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < bytes.length; index += 2) {
    sum += (bytes[index] ?? 0) << 8 | (bytes[index + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function ipPacket(
  protocol: number,
  header: DataView<ArrayBuffer>,
  payload: Uint8Array,
  { source, destination, id }: RawPacketOptions,
): Uint8Array<ArrayBuffer> {
  const packet = new Uint8Array(IP_HEADER_LENGTH + header.byteLength + payload.length);
  const ip = new DataView(packet.buffer);
  ip.setUint8(0, 4 << 4 | IP_HEADER_LENGTH / 4);
  ip.setUint16(2, packet.length);
  ip.setUint16(4, id);
  ip.setUint8(8, TIME_TO_LIVE);
  ip.setUint8(9, protocol);
  packet.set(source, 12);
  packet.set(destination, 16);
  ip.setUint16(10, internetChecksum(packet.subarray(0, IP_HEADER_LENGTH)));
  packet.set(new Uint8Array(header.buffer), IP_HEADER_LENGTH);
  packet.set(payload, IP_HEADER_LENGTH + header.byteLength);
  return packet;
}
