/**
 * Reads all datagrams of a capture file at once, with the time of each.
 *
 * @module
 */
import { copyDatagram, type Datagram } from "./datagram.ts";
import { PcapFile } from "./pcap_file.ts";

/** A datagram and its time of capture, in seconds since 1970. */
export interface CapturedDatagram {
  readonly datagram: Datagram;
  readonly time: number;
}

/**
 * Reads a pcap or pcapng file.
 *
 * @throws {HintedError} when the file is not a capture, or the filter is bad.
 */
export async function readCapturedDatagrams(
  path: string,
  filter: string,
): Promise<CapturedDatagram[]> {
  const file = new PcapFile(path, filter);
  const captured: CapturedDatagram[] = [];
  await file.run((datagram) => {
    captured.push({ datagram: copyDatagram(datagram), time: file.packetTime });
  });
  return captured;
}

/** First bytes of pcap (both byte orders, both resolutions) and pcapng files. */
const MAGIC = [0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1, 0x0a0d0d0a];

/** Whether a file with these first bytes is a capture. */
export function isCaptureFile(start: Uint8Array): boolean {
  if (start.length < 4) return false;
  const { buffer, byteOffset } = start;
  return MAGIC.includes(new DataView(buffer, byteOffset).getUint32(0));
}
