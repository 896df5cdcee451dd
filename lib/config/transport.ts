/**
 * The ways a packet can travel.
 *
 * @module
 */

/** Names of `-P` and SPA_SERVER_PROTO (`docs/spec/client.md` 10), in the order of the C client's help. */
export const TRANSPORTS = ["udp", "tcp", "http", "udpraw", "tcpraw", "icmp"] as const;

/** One of them. */
export type Transport = typeof TRANSPORTS[number];

/** The transport of that name, in any case. */
export function parseTransport(text: string): Transport | undefined {
  const name = text.toLowerCase();
  return TRANSPORTS.find((known) => known === name);
}

/** Whether the packet's headers are made by hand, which takes the right to open raw sockets. */
export function isRaw(transport: Transport): boolean {
  return transport === "udpraw" || transport === "tcpraw" || transport === "icmp";
}
