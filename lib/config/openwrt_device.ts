/**
 * Finds the interface of a network of OpenWrt.
 *
 * @module
 */
import { parseUci } from "./uci.ts";

/** Protocols whose interface exists while they are connected; its name consists of protocol and network. */
const MADE = ["ppp", "pppoe", "pppoa", "pptp", "l2tp", "3g"];

/**
 * Returns the interface of a network such as `wan`, from `/etc/config/network`. Only the running system knows all of
 * them: `undefined` if the file does not name it.
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
  // A value with a slash is the control device of a modem, not its interface. Several words are several interfaces.
  return device !== undefined && /^[^\s/@]+$/.test(device) ? device : undefined;
}
