/**
 * What opens each listener of the table in `lib/config/listeners.ts`.
 *
 * @module
 */
import type { ListenerName } from "../config/listeners.ts";
import type { OpenListener } from "./listener.ts";
import { openQueueServer } from "./open_queue_server.ts";
import { openSniffer } from "./open_sniffer.ts";
import { openTcpServer } from "./tcp_server.ts";
import { openUdpServer } from "./udp_server.ts";

/** By name. */
export const OPENERS: { readonly [Name in ListenerName]: OpenListener } = {
  "queue": openQueueServer,
  "UDP server": openUdpServer,
  "TCP server": openTcpServer,
  "sniffer": openSniffer,
};
