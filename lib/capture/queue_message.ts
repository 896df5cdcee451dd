/**
 * Parses the kernel's messages about queued packets (`linux/netfilter/nfnetlink_queue.h`).
 *
 * @module
 */
import { netlinkAttributes, netlinkMessages, viewOf } from "../net/netlink.ts";

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

const GENERIC_HEADER = 4;
/** NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_PACKET */
const PACKET_MESSAGE = 0x0300;
const PACKET_HEADER = 1;
const PAYLOAD = 10;

/**
 * The packets in a batch of netlink messages, in order; other messages are skipped. Never throws: reading stops at a
 * length that exceeds its container.
 */
export function parseQueuedPackets(batch: Uint8Array): QueuedPacket[] {
  const packets: QueuedPacket[] = [];
  for (const { type, body } of netlinkMessages(batch)) {
    const packet = type === PACKET_MESSAGE ? packetIn(body.subarray(GENERIC_HEADER)) : undefined;
    if (packet !== undefined) packets.push(packet);
  }
  return packets;
}

function packetIn(attributes: Uint8Array): QueuedPacket | undefined {
  let header: { readonly id: number; readonly hook: number } | undefined;
  let packet = new Uint8Array(0);
  for (const { type, value } of netlinkAttributes(attributes)) {
    // struct nfqnl_msg_packet_hdr { be32 id; be16 protocol; u8 hook; }
    if (type === PACKET_HEADER && value.length >= 7) {
      const view = viewOf(value);
      header = { id: view.getUint32(0), hook: view.getUint8(6) };
    } else if (type === PAYLOAD) packet = value as Uint8Array<ArrayBuffer>;
  }
  return header === undefined ? undefined : { ...header, packet };
}
