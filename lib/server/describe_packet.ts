/**
 * The facts of a received packet, for reports.
 *
 * @module
 */
import type { Datagram } from "../capture/datagram.ts";

/** What the headers of a packet say. */
export interface PacketFacts {
  /** Counts packets since the start, from 1. */
  readonly number: number;
  /** IP protocol number. */
  readonly protocol: number;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  /** Bytes of payload. */
  readonly length: number;
  /** The packet text; only for packets that look like SPA. */
  readonly text?: string;
}

/** Packet facts; the packet text is added as soon as it is known. */
export type DescribedPacket = PacketFacts & { text?: string };

/**
 * Describes a datagram by its headers.
 *
 * @param number of the packet since the start, from 1.
 */
export function describePacket(datagram: Datagram, number: number): DescribedPacket {
  return {
    number,
    protocol: datagram.protocol,
    source: datagram.source.text,
    sourcePort: datagram.sourcePort,
    destination: datagram.destination.text,
    destinationPort: datagram.destinationPort,
    length: datagram.payload.length,
  };
}
