/**
 * What arrived, for those who tell of it.
 *
 * @module
 */
import type { Datagram } from "../capture/datagram.ts";
import type { PacketFacts } from "./refusal.ts";

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
