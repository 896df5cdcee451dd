/**
 * From frames of libpcap to datagrams, with the counting.
 *
 * @module
 */
import { END_OF_FILE, NOTHING_NOW, type PcapHandle } from "../../ffi/pcap.ts";
import type { Datagram, Receive } from "./datagram.ts";
import { parseIpPacket } from "./ip_packet.ts";
import { ipOffset } from "./link_layer.ts";

/** What one {@link FrameReader.read} came to. */
export interface ReadResult {
  /** Frames read, whether they held something or not. */
  readonly frames: number;
  readonly isEndOfFile: boolean;
}

/** Hands the datagrams of one handle to a receiver and counts the frames that held none. */
export class FrameReader {
  received = 0;
  refused = 0;

  constructor(readonly handle: PcapHandle, readonly receive: Receive) {}

  /**
   * Reads at most `limit` frames without waiting, fewer when `isClosed` turns true in between.
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

/** The datagram in a frame, or `undefined` when there is none or it is not whole. */
function datagramIn(linkType: number, frame: Uint8Array): Datagram | undefined {
  const offset = ipOffset(linkType, frame);
  if (offset === undefined) return undefined;
  const datagram = parseIpPacket(frame.subarray(offset));
  return typeof datagram === "string" ? undefined : datagram;
}
