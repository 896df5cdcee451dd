/**
 * Opens the netfilter queue of the settings.
 *
 * @module
 */
import type { ServerSettings } from "../config/fwknopd_variables.ts";
import type { Notify } from "./datagram.ts";
import type { OpenedCapture, OpeningContext } from "./listener.ts";
import { sniff } from "./open_sniffer.ts";
import { queueRulePrograms } from "./queue_rules.ts";
import { QueueServer } from "./queue_server.ts";

/** Takes the queue and adds its rules. In test mode, sniffs instead. @throws {HintedError} when it cannot be opened. */
export async function openQueueServer(
  settings: ServerSettings,
  { notify, testMode }: OpeningContext,
): Promise<OpenedCapture> {
  if (testMode) return sniffQueued(settings, notify);
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
  return { capture, announcements: [`Reading packets from ${capture.description}`] };
}

/** In test mode: sniffs the packets of the queue. Its rules would change the firewall, and another daemon may own it. */
function sniffQueued(settings: ServerSettings, notify: Notify): OpenedCapture {
  const { NFQ_INTERFACE: device, NFQ_PORT: port } = settings;
  const text = `In test mode packets to UDP port ${port} are sniffed, in place of NFQUEUE`;
  notify({ severity: "info", text });
  return sniff({
    ...settings,
    PCAP_INTF: device === undefined || device === "" ? "any" : device,
    PCAP_FILTER: `udp dst port ${port}`,
  }, notify);
}
