/**
 * Parses the kernel's messages about interfaces that appear, disappear, go up or go down (rtnetlink(7)).
 *
 * @module
 */
import { netlinkAttributes, netlinkMessages, netlinkText, viewOf } from "../net/netlink.ts";

/** The state of one interface after a change. */
export interface LinkState {
  readonly device: string;
  /** Changes when an interface of the same name is created again. */
  readonly index: number;
  readonly isUp: boolean;
}

const RTM_NEWLINK = 16;
const RTM_DELLINK = 17;
const LINK_HEADER = 16;
const IFLA_IFNAME = 3;
const IFF_UP = 1;

/**
 * The states in a batch of netlink messages, in order; messages of other kinds are skipped. Never throws: reading stops
 * at a length that exceeds its container.
 */
export function parseLinkStates(batch: Uint8Array): LinkState[] {
  const states: LinkState[] = [];
  for (const { type, body } of netlinkMessages(batch)) {
    if (body.length < LINK_HEADER || (type !== RTM_NEWLINK && type !== RTM_DELLINK)) continue;
    const view = viewOf(body);
    const device = nameIn(body.subarray(LINK_HEADER));
    const isUp = type === RTM_NEWLINK && (view.getUint32(8, true) & IFF_UP) !== 0;
    if (device !== "") states.push({ device, index: view.getInt32(4, true), isUp });
  }
  return states;
}

/** The name in the attributes; empty when there is no name. */
function nameIn(attributes: Uint8Array): string {
  for (const { type, value } of netlinkAttributes(attributes)) {
    if (type === IFLA_IFNAME) return netlinkText(value);
  }
  return "";
}
