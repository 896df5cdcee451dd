/**
 * The interfaces on which packets are sniffed.
 *
 * @module
 */
import type { ServerSettings } from "./fwknopd_variables.ts";
import { listenersOf } from "./listeners.ts";

/** The names in PCAP_INTF: `eth0, ppp0`, or `any` for all of them. */
export function interfaceNames({ PCAP_INTF }: Pick<ServerSettings, "PCAP_INTF">): string[] {
  return PCAP_INTF.split(",").map((name) => name.trim()).filter((name) => name !== "");
}

/** Whether packets are sniffed on interfaces, and not read from a socket, a queue or a file. */
export function isSniffing(settings: ServerSettings): boolean {
  return listenersOf(settings)[0] === "sniffer" && settings.PCAP_FILE === undefined;
}
