/**
 * From a network of OpenWrt to the interface to sniff.
 *
 * @module
 */
import { parseUci } from "./uci.ts";

/** Protocols whose interface is made when they connect, and is named after both. */
const MADE = ["ppp", "pppoe", "pppoa", "pptp", "l2tp", "3g"];

/**
 * The interface of a network such as `wan`, as `/etc/config/network` has it. Only the running system knows them all:
 * `undefined` where the file does not tell.
 *
 * @param text `/etc/config/network`.
 */
export function deviceOfNetwork(text: string, network: string): string | undefined {
  const { sections } = parseUci(text, "network");
  const section = sections.find(({ type, name }) => type === "interface" && name === network);
  const option = (name: string): string | undefined =>
    section?.options.findLast((known) => known.name === name)?.value;
  const protocol = option("proto") ?? "";
  if (MADE.includes(protocol)) return `${protocol}-${network}`;
  if (protocol === "wireguard") return network;
  const device = option("device") ?? option("ifname");
  // A modem's control device is not its interface; several words are several interfaces.
  return device !== undefined && /^[^\s/@]+$/.test(device) ? device : undefined;
}
