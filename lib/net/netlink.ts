/**
 * Reads netlink messages and their attributes (netlink(7)). Never throws: reading stops at a length that exceeds its
 * container.
 *
 * @module
 */

const MESSAGE_HEADER = 16;
const ATTRIBUTE_HEADER = 4;
/** An attribute's number without the flags NLA_F_NESTED and NLA_F_NET_BYTEORDER. */
const ATTRIBUTE_MASK = 0x3fff;

/** One message of a batch, without its header. */
export interface NetlinkMessage {
  readonly type: number;
  readonly body: Uint8Array;
}

/** One attribute, without its header. */
export interface NetlinkAttribute {
  readonly type: number;
  readonly value: Uint8Array;
}

/** The messages of a batch, in order. */
export function* netlinkMessages(batch: Uint8Array): Generator<NetlinkMessage> {
  const view = viewOf(batch);
  for (let offset = 0; offset + MESSAGE_HEADER <= batch.length;) {
    const length = view.getUint32(offset, true);
    if (length < MESSAGE_HEADER || offset + length > batch.length) return;
    const type = view.getUint16(offset + 4, true);
    yield { type, body: batch.subarray(offset + MESSAGE_HEADER, offset + length) };
    offset += align(length);
  }
}

/** The attributes that fill the bytes, in order. */
export function* netlinkAttributes(bytes: Uint8Array): Generator<NetlinkAttribute> {
  const view = viewOf(bytes);
  for (let offset = 0; offset + ATTRIBUTE_HEADER <= bytes.length;) {
    const length = view.getUint16(offset, true);
    if (length < ATTRIBUTE_HEADER || offset + length > bytes.length) return;
    const type = view.getUint16(offset + 2, true) & ATTRIBUTE_MASK;
    yield { type, value: bytes.subarray(offset + ATTRIBUTE_HEADER, offset + length) };
    offset += align(length);
  }
}

/** The text of an attribute, up to its first zero byte. */
export function netlinkText(value: Uint8Array): string {
  const zero = value.indexOf(0);
  return new TextDecoder().decode(zero < 0 ? value : value.subarray(0, zero));
}

/** A view of the same bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function align(length: number): number {
  return (length + 3) & ~3;
}
