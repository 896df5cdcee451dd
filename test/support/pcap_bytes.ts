/**
 * Builds capture files (the format of draft-ietf-opsawg-pcap).
 *
 * @module
 */
import { bytes } from "./frames.ts";

/** A capture file with one frame per second, each at half a second. */
export function pcapBytes(
  linkType: number,
  frames: readonly Uint8Array[],
  start = 1_700_000_000,
): Uint8Array<ArrayBuffer> {
  const numbers = (...values: number[]) => new Uint8Array(new Uint32Array(values).buffer);
  const records = frames.flatMap((frame, index) => [
    numbers(start + index, 500_000, frame.length, frame.length),
    frame,
  ]);
  return bytes(numbers(0xa1b2c3d4, 0x0004_0002, 0, 0, 65535, linkType), ...records);
}
