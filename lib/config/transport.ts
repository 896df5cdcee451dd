/**
 * The transports of packets.
 *
 * @module
 */

/** Names for `-P` and SPA_SERVER_PROTO (`docs/spec/client.md` 10), in the order of the C client's help. */
export const TRANSPORTS = ["udp", "tcp", "http", "udpraw", "tcpraw", "icmp"] as const;

/** One of the transports. */
export type Transport = typeof TRANSPORTS[number];

/** Returns the transport of that name, in any case. */
export function parseTransport(text: string): Transport | undefined {
  const name = text.toLowerCase();
  return TRANSPORTS.find((known) => known === name);
}

/** Whether the client builds the packet's headers itself, which needs the right to open raw sockets. */
export function isRaw(transport: Transport): boolean {
  return transport === "udpraw" || transport === "tcpraw" || transport === "icmp";
}
