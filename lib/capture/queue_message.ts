/**
 * Parses the kernel's messages about queued packets (`linux/netfilter/nfnetlink_queue.h`).
 *
 * @module
 */

/** A packet that waits for a verdict. */
export interface QueuedPacket {
  /** Identifies the packet in the verdict. */
  readonly id: number;
  /** The netfilter hook that queued it: 1 is INPUT. */
  readonly hook: number;
  /** The packet from its IP header on, possibly cut: a view. Empty when the kernel sent no data. */
  readonly packet: Uint8Array;
}

/** The hook number of packets addressed to this host (`NF_INET_LOCAL_IN`). */
export const INPUT_HOOK = 1;

const MESSAGE_HEADER = 16;
const GENERIC_HEADER = 4;
const ATTRIBUTE_HEADER = 4;
/** NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_PACKET */
const PACKET_MESSAGE = 0x0300;
const PACKET_HEADER = 1;
const PAYLOAD = 10;
/** The top bits of an attribute's type are flags. */
const TYPE_MASK = 0x3fff;

/**
 * The packets in a batch of netlink messages, in order; other messages are skipped. Never throws: reading stops at a
 * length that exceeds its container.
 */
export function parseQueuedPackets(batch: Uint8Array): QueuedPacket[] {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.length);
  const packets: QueuedPacket[] = [];
  for (let offset = 0; offset + MESSAGE_HEADER <= batch.length;) {
    const length = view.getUint32(offset, true);
    if (length < MESSAGE_HEADER || offset + length > batch.length) break;
    if (view.getUint16(offset + 4, true) === PACKET_MESSAGE) {
      const start = offset + MESSAGE_HEADER + GENERIC_HEADER;
      const packet = readPacket(batch, view, start, offset + length);
      if (packet !== undefined) packets.push(packet);
    }
    offset += (length + 3) & ~3;
  }
  return packets;
}

function readPacket(
  batch: Uint8Array,
  view: DataView,
  offset: number,
  end: number,
): QueuedPacket | undefined {
  let header: { readonly id: number; readonly hook: number } | undefined;
  let packet = new Uint8Array(0);
  while (offset + ATTRIBUTE_HEADER <= end) {
    const length = view.getUint16(offset, true);
    if (length < ATTRIBUTE_HEADER || offset + length > end) break;
    const value = offset + ATTRIBUTE_HEADER;
    const type = view.getUint16(offset + 2, true) & TYPE_MASK;
    // struct nfqnl_msg_packet_hdr { be32 id; be16 protocol; u8 hook; }
    if (type === PACKET_HEADER && length >= ATTRIBUTE_HEADER + 7) {
      header = { id: view.getUint32(value), hook: view.getUint8(value + 6) };
    } else if (type === PAYLOAD) {
      packet = batch.subarray(value, offset + length) as Uint8Array<ArrayBuffer>;
    }
    offset += (length + 3) & ~3;
  }
  return header === undefined ? undefined : { ...header, packet };
}
