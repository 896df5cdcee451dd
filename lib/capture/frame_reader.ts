/**
 * Turns frames of libpcap into datagrams, and counts them.
 *
 * @module
 */
import { END_OF_FILE, NOTHING_NOW, type PcapHandle } from "../../ffi/pcap.ts";
import type { Datagram, Receive } from "./datagram.ts";
import { parseIpPacket } from "./ip_packet.ts";
import { ipOffset } from "./link_layer.ts";

/** The result of one {@link FrameReader.read}. */
export interface ReadResult {
  /** Frames read, with or without a datagram. */
  readonly frames: number;
  readonly isEndOfFile: boolean;
}

/** Delivers the datagrams of one handle to a receiver, and counts the frames without a datagram. */
export class FrameReader {
  received = 0;
  refused = 0;

  constructor(readonly handle: PcapHandle, readonly receive: Receive) {}

  /**
   * Reads at most `limit` frames without waiting; stops earlier when `isClosed` returns true.
   *
   * @throws {PcapError} when the handle is broken.
   */
  read(limit: number, isClosed: () => boolean): ReadResult {
    for (let frames = 0; frames < limit; frames++) {
      if (isClosed()) return { frames, isEndOfFile: false };
      const length = this.handle.next();
      if (length === NOTHING_NOW || length === END_OF_FILE) {
        return { frames, isEndOfFile: length === END_OF_FILE };
      }
      const datagram = datagramIn(this.handle.linkType, this.handle.frame(length));
      if (datagram === undefined) this.refused++;
      else {
        this.received++;
        this.receive(datagram);
      }
    }
    return { frames: limit, isEndOfFile: false };
  }
}

/** The datagram in a frame, or `undefined` when the frame has no datagram or only a part of one. */
function datagramIn(linkType: number, frame: Uint8Array): Datagram | undefined {
  const offset = ipOffset(linkType, frame);
  if (offset === undefined) return undefined;
  const datagram = parseIpPacket(frame.subarray(offset));
  return typeof datagram === "string" ? undefined : datagram;
}
