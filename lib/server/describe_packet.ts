/**
 * What arrived, for reports.
 *
 * @module
 */
import type { Datagram } from "../capture/datagram.ts";

/** What arrived, as far as its headers say. */
export interface PacketFacts {
  /** Counts from 1 since the start. */
  readonly number: number;
  /** IP protocol number. */
  readonly protocol: number;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  /** Bytes of payload. */
  readonly length: number;
  /** The packet text, of packets that look like SPA. */
  readonly text?: string;
}

/** Facts to which the packet text is added when it is known. */
export type DescribedPacket = PacketFacts & { text?: string };

/**
 * What the headers of a datagram say.
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
