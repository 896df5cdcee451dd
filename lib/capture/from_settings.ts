/**
 * Opens the captures that the settings select.
 *
 * @module
 */
import { interfaceNames } from "../config/sniffed_interfaces.ts";
import { LibraryUnavailable } from "../../ffi/library.ts";
import type { ServerSettings } from "../config/fwknopd_variables.ts";
import type { ServerPart } from "../config/variable.ts";
import { HintedError } from "../errors/hinted_error.ts";
import { PROTOCOL_NUMBERS } from "../net/service.ts";
import type { Capture, Datagram, Notify, Receive } from "./datagram.ts";
import { PcapFile } from "./pcap_file.ts";
import { queueRulePrograms } from "./queue_rules.ts";
import { QueueServer } from "./queue_server.ts";
import { ReadThenWait } from "./read_then_wait.ts";
import { SeveralCaptures } from "./several.ts";
import { Sniffer } from "./sniffer.ts";
import { TcpServer } from "./tcp_server.ts";
import { UdpServer } from "./udp_server.ts";

/** A capture, and the C daemon's lines about its start. */
export interface OpenedCapture {
  readonly capture: Capture;
  /** Lines for the log (`docs/spec/server.md` 6). */
  readonly announcements: readonly string[];
}

/**
 * Opens the capture that the settings select: a netfilter queue, the UDP server, a capture file or libpcap; and the TCP
 * server as a second one.
 *
 * @param notify receives a notice when an interface disappears or returns.
 * @param testMode changes nothing on the host: packets that our own rules would queue are sniffed instead.
 * @throws {HintedError} when it cannot be opened.
 */
export async function captureFromSettings(
  settings: ServerSettings,
  notify: Notify,
  testMode: boolean,
): Promise<OpenedCapture> {
  const main = await openMain(settings, notify, testMode);
  if (!settings.ENABLE_TCP_SERVER) return main;
  const port = settings.TCPSERV_PORT;
  try {
    const isSniffing = main.capture instanceof Sniffer;
    return {
      capture: new SeveralCaptures([
        isSniffing ? withoutTcpPort(main.capture, port) : main.capture,
        new TcpServer(port),
      ]),
      announcements: [`Kicking off TCP server to listen on port ${port}.`, ...main.announcements],
    };
  } catch (error) {
    await main.capture.close();
    throw error;
  }
}

/** The parts of the settings that decide what is opened. While their variables are the same, the capture is too. */
export function captureParts(settings: ServerSettings): readonly ServerPart[] {
  const main = settings.ENABLE_NFQ_CAPTURE
    ? "queue"
    : settings.ENABLE_UDP_SERVER
    ? "UDP server"
    : "sniffer";
  return settings.ENABLE_TCP_SERVER ? [main, "TCP server"] : [main];
}

/** A port on which both settings listen, `UDP 62201`: the second capture cannot be opened beside the first. */
export function sharedPort(a: ServerSettings, b: ServerSettings): string | undefined {
  const ports = (settings: ServerSettings): string[] => [
    ...(settings.ENABLE_TCP_SERVER ? [`TCP ${settings.TCPSERV_PORT}`] : []),
    ...(settings.ENABLE_UDP_SERVER ? [`UDP ${settings.UDPSERV_PORT}`] : []),
  ];
  return ports(a).find((port) => ports(b).includes(port));
}

async function openMain(
  settings: ServerSettings,
  notify: Notify,
  testMode: boolean,
): Promise<OpenedCapture> {
  if (settings.ENABLE_NFQ_CAPTURE) {
    return testMode ? sniffQueued(settings, notify) : await openQueue(settings);
  }
  if (settings.ENABLE_UDP_SERVER) return openUdp(settings);
  if (settings.PCAP_FILE !== undefined) {
    const { PCAP_FILE: path, PCAP_FILTER: filter } = settings;
    return {
      capture: new ReadThenWait(new PcapFile(path, filter), path, notify),
      announcements: [`Reading pcap file: ${path}`, ...loopLines(filter)],
    };
  }
  try {
    return openSniffer(settings, notify);
  } catch (error) {
    // A wrong interface or filter is a mistake to fix, and not a reason to open a port.
    const isAbsent = error instanceof HintedError && error.cause instanceof LibraryUnavailable;
    if (!settings.ENABLE_PCAP_FALLBACK_UDP || !isAbsent) throw error;
    const port = settings.UDPSERV_PORT;
    notify({
      severity: "warning",
      text: `${error.message}: UDP port ${port} is open instead (ENABLE_PCAP_FALLBACK_UDP)`,
    });
    return openUdp(settings);
  }
}

/** The line by which scripts recognize that the server is ready, for every capture. */
const LOOP = "Starting fwknopd main event loop.";

async function openQueue(settings: ServerSettings): Promise<OpenedCapture> {
  const { NFQ_INTERFACE: device } = settings;
  const rules = {
    table: settings.NFQ_TABLE,
    chain: settings.NFQ_CHAIN,
    port: settings.NFQ_PORT,
    queue: settings.NFQ_QUEUE_NUMBER,
    programs: queueRulePrograms(settings.FIREWALL_EXE),
    ...(device === undefined || device === "" ? {} : { device }),
  };
  const capture = await QueueServer.open(rules, settings.MAX_SNIFF_BYTES);
  return { capture, announcements: [`Reading packets from ${capture.description}`, LOOP] };
}

/** In test mode: sniffs the packets of the queue. Its rules would change the firewall, and another daemon may own it. */
function sniffQueued(settings: ServerSettings, notify: Notify): OpenedCapture {
  const { NFQ_INTERFACE: device, NFQ_PORT: port } = settings;
  const text = `In test mode packets to UDP port ${port} are sniffed, in place of NFQUEUE`;
  notify({ severity: "info", text });
  return openSniffer({
    ...settings,
    PCAP_INTF: device === undefined || device === "" ? "any" : device,
    PCAP_FILTER: `udp dst port ${port}`,
  }, notify);
}

function openUdp({ UDPSERV_PORT: port }: ServerSettings): OpenedCapture {
  return {
    capture: new UdpServer(port),
    announcements: [`Kicking off UDP server to listen on port ${port}.`, LOOP],
  };
}

function openSniffer(settings: ServerSettings, notify: Notify): OpenedCapture {
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
  return { capture, announcements: [...announcements, ...loopLines(settings.PCAP_FILTER)] };
}

function loopLines(filter: string): string[] {
  return [`PCAP filter is: '${filter}'`, LOOP];
}

/** The TCP server reads its port itself. Packets of the same connection that a sniffer sees would be replays. */
function withoutTcpPort(capture: Capture, port: number): Capture {
  const isServed = ({ protocol, destinationPort }: Datagram): boolean =>
    protocol === PROTOCOL_NUMBERS.tcp && destinationPort === port;
  return {
    description: capture.description,
    run: (receive: Receive) =>
      capture.run((datagram) => {
        if (!isServed(datagram)) receive(datagram);
      }),
    statistics: () => capture.statistics(),
    close: () => capture.close(),
  };
}
