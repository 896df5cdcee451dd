/**
 * Opens libpcap: on interfaces, or with a capture file.
 *
 * @module
 */
import { LibraryTooLate, LibraryUnavailable } from "../../ffi/library.ts";
import type { ServerSettings } from "../config/fwknopd_variables.ts";
import { interfaceNames } from "../config/sniffed_interfaces.ts";
import { HintedError } from "../errors/hinted_error.ts";
import type { Notify } from "./datagram.ts";
import type { OpenedCapture, OpeningContext } from "./listener.ts";
import { PcapFile } from "./pcap_file.ts";
import { ReadThenWait } from "./read_then_wait.ts";
import { Sniffer } from "./sniffer.ts";
import { openUdpServer } from "./udp_server.ts";

/**
 * Reads PCAP_FILE, or sniffs on PCAP_INTF. Without libpcap, ENABLE_PCAP_FALLBACK_UDP opens a UDP port instead.
 *
 * @throws {HintedError} when it cannot be opened.
 */
export function openSniffer(settings: ServerSettings, { notify }: OpeningContext): OpenedCapture {
  if (settings.PCAP_FILE !== undefined) {
    const { PCAP_FILE: path, PCAP_FILTER: filter } = settings;
    return {
      capture: new ReadThenWait(new PcapFile(path, filter), path, notify),
      announcements: [`Reading pcap file: ${path}`, filterLine(filter)],
    };
  }
  try {
    return sniff(settings, notify);
  } catch (error) {
    // A wrong interface or filter is a mistake to fix, and not a reason to open a port. Nor is a reload that begins to
    // sniff: after a restart libpcap is there.
    const isAbsent = error instanceof HintedError && error.cause instanceof LibraryUnavailable &&
      !(error.cause instanceof LibraryTooLate);
    if (!settings.ENABLE_PCAP_FALLBACK_UDP || !isAbsent) throw error;
    const port = settings.UDPSERV_PORT;
    notify({
      severity: "warning",
      text: `${error.message}: UDP port ${port} is open instead (ENABLE_PCAP_FALLBACK_UDP)`,
    });
    return openUdpServer(settings);
  }
}

/** Sniffs on PCAP_INTF. @throws {HintedError} when an interface, the filter or libpcap is unusable. */
export function sniff(settings: ServerSettings, notify: Notify): OpenedCapture {
  const interfaces = interfaceNames(settings);
  const capture = new Sniffer({
    interfaces,
    filter: settings.PCAP_FILTER,
    snapLength: settings.MAX_SNIFF_BYTES,
    promiscuous: settings.ENABLE_PCAP_PROMISC,
    anyDirection: settings.ENABLE_PCAP_ANY_DIRECTION,
    exitWhenDown: settings.EXIT_AT_INTF_DOWN,
    notify,
  });
  const announcements = interfaces.map((name) => `Sniffing interface: ${name}`);
  return {
    capture,
    announcements: [...announcements, filterLine(settings.PCAP_FILTER)],
    seesOthers: true,
  };
}

function filterLine(filter: string): string {
  return `PCAP filter is: '${filter}'`;
}
