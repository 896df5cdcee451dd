/**
 * Parses the kernel's messages about interfaces that appear, disappear, go up or go down (rtnetlink(7)).
 *
 * @module
 */

/** The state of one interface after a change. */
export interface LinkState {
  readonly device: string;
  /** Changes when an interface of the same name is created again. */
  readonly index: number;
  readonly isUp: boolean;
}

const RTM_NEWLINK = 16;
const RTM_DELLINK = 17;
const MESSAGE_HEADER = 16;
const LINK_HEADER = 16;
const ATTRIBUTE_HEADER = 4;
const IFLA_IFNAME = 3;
const IFF_UP = 1;

/**
 * The states in a batch of netlink messages, in order; messages of other kinds are skipped. Never throws: reading stops
 * at a length that exceeds its container.
 */
export function parseLinkStates(batch: Uint8Array): LinkState[] {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.length);
  const states: LinkState[] = [];
  for (let offset = 0; offset + MESSAGE_HEADER <= batch.length;) {
    const length = view.getUint32(offset, true);
    if (length < MESSAGE_HEADER || offset + length > batch.length) break;
    const type = view.getUint16(offset + 4, true);
    const body = offset + MESSAGE_HEADER;
    if (length >= MESSAGE_HEADER + LINK_HEADER && (type === RTM_NEWLINK || type === RTM_DELLINK)) {
      const device = readName(view, body + LINK_HEADER, offset + length);
      const isUp = type === RTM_NEWLINK && (view.getUint32(body + 8, true) & IFF_UP) !== 0;
      if (device !== "") states.push({ device, index: view.getInt32(body + 4, true), isUp });
    }
    offset += align(length);
  }
  return states;
}

function align(length: number): number {
  return (length + 3) & ~3;
}

/** The name in the attributes between two offsets; empty when there is no name. */
function readName(view: DataView, offset: number, end: number): string {
  while (offset + ATTRIBUTE_HEADER <= end) {
    const length = view.getUint16(offset, true);
    if (length < ATTRIBUTE_HEADER || offset + length > end) break;
    if (view.getUint16(offset + 2, true) === IFLA_IFNAME) {
      const start = view.byteOffset + offset + ATTRIBUTE_HEADER;
      const name = new Uint8Array(view.buffer, start, length - ATTRIBUTE_HEADER);
      const zero = name.indexOf(0);
      return new TextDecoder().decode(zero < 0 ? name : name.subarray(0, zero));
    }
    offset += align(length);
  }
  return "";
}
