/**
 * Sends the packet, over any transport (`docs/spec/client.md` 10).
 *
 * @module
 */
import { SystemError } from "../../ffi/libc.ts";
import { sendOnce, type SendOnceOptions, sendRawIpv4 } from "../../ffi/send_once.ts";
import { type Address, parseAddress } from "../net/address.ts";
import { textBytes } from "../crypto/bytes.ts";
import { randomBytes } from "../crypto/random.ts";
import { Problem } from "./problem.ts";
import { rawIcmp, rawTcp, rawUdp } from "./raw_packet.ts";
import type { Transport } from "../config/transport.ts";

/** Seconds after which the client gives up a TCP connection. */
const CONNECT_TIMEOUT = 10;

/** How and where a packet goes. */
export interface Delivery {
  readonly transport: Transport;
  /** All addresses of the server, or of the proxy, best first. */
  readonly addresses: readonly Address[];
  readonly port: number;
  /** Absent: the system picks one, or 0 in a raw packet. */
  readonly sourcePort?: number | undefined;
  /** Source address of raw packets; absent: the kernel picks it. */
  readonly spoofSource?: string | undefined;
  readonly icmpType?: number | undefined;
  readonly icmpCode?: number | undefined;
}

/** Called for each address that is tried, right before the packet goes to it. */
export type BeforeSending = (address: Address) => void;

/** What left this host. */
export interface Sent {
  /** Includes the headers of raw packets and the lines of an HTTP request. */
  readonly bytes: number;
  /** The address that accepted it. */
  readonly address: Address;
}

/** Sends one payload, through the C library or without it. Throws a `SystemError` that names the failed call. */
export type PayloadSender = (
  payload: Uint8Array<ArrayBuffer>,
  options: SendOnceOptions,
) => number | Promise<number>;

/** The sender for this system. The other one is not loaded. */
async function systemSender(): Promise<PayloadSender> {
  return Deno.build.os === "windows"
    ? (await import("./runtime_sender.ts")).sendByRuntime
    : sendOnce;
}

/**
 * Sends to the first address that accepts the packet. Except for TCP, that does not mean that the packet arrived. If no
 * address accepts it, fails with the last address's reason.
 *
 * @param payload the packet text or, for HTTP, the request.
 * @param sender absent: the one for this system.
 */
export async function send(
  payload: string,
  delivery: Delivery,
  sender?: PayloadSender,
  beforeSending: BeforeSending = () => {},
): Promise<Sent | Problem> {
  const bytes = Uint8Array.from(textBytes(payload));
  const sendPayload = sender ?? await systemSender();
  let reason: SystemError | undefined;
  for (const address of delivery.addresses) {
    try {
      beforeSending(address);
      return { bytes: await sendTo(address, bytes, delivery, sendPayload), address };
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      reason = error;
    }
  }
  return sendProblem(delivery, reason);
}

function sendTo(
  address: Address,
  payload: Uint8Array<ArrayBuffer>,
  delivery: Delivery,
  sendPayload: PayloadSender,
): number | Promise<number> {
  const { transport, port, sourcePort } = delivery;
  switch (transport) {
    case "udp":
    case "tcp":
    case "http":
      return sendPayload(payload, {
        kind: transport === "udp" ? "datagram" : "stream",
        address: address.bytes,
        port,
        timeout: CONNECT_TIMEOUT,
        ...(sourcePort === undefined ? {} : { sourcePort }),
      });
    default:
      if (Deno.build.os === "windows") {
        throw new SystemError("socket", "EOPNOTSUPP", "Windows cannot send raw packets");
      }
      return sendRawIpv4(rawPacket(address, payload, delivery), address.bytes);
  }
}

function rawPacket(
  address: Address,
  payload: Uint8Array,
  delivery: Delivery,
): Uint8Array<ArrayBuffer> {
  const [high = 0, low = 0, icmpHigh = 0, icmpLow = 0] = randomBytes(4);
  const options = {
    source: parseAddress(delivery.spoofSource ?? "0.0.0.0")?.bytes ?? new Uint8Array(4),
    destination: address.bytes,
    sourcePort: delivery.sourcePort ?? 0,
    destinationPort: delivery.port,
    id: high << 8 | low,
  };
  if (delivery.transport === "udpraw") return rawUdp(payload, options);
  if (delivery.transport === "tcpraw") return rawTcp(payload, options);
  return rawIcmp(payload, {
    ...options,
    icmpType: delivery.icmpType ?? 0,
    icmpCode: delivery.icmpCode ?? 0,
    icmpId: icmpHigh << 8 | icmpLow,
  });
}

/** Names of the C client's functions in its messages. */
const RAW_CALLS: Readonly<Partial<Record<Transport, string>>> = {
  udpraw: "send_spa_packet_udp_raw",
  tcpraw: "send_spa_packet_tcp_raw",
  icmp: "send_spa_packet_icmp",
};

function sendProblem(delivery: Delivery, reason: SystemError | undefined): Problem {
  const { transport, addresses, port } = delivery;
  const where = `${addresses.map(({ text }) => text).join(", ")} ${transport} port ${port}`;
  const rawCall = RAW_CALLS[transport];
  const said = rawCall === undefined
    ? "send_spa_packet_tcp_or_udp: Could not create socket"
    : `${rawCall}: create socket`;
  const [text, reference] = reason !== undefined && isTimeout(reason)
    ? [`connect: timed out after ${CONNECT_TIMEOUT} s`, "Connection timed out"]
    : [reason?.message ?? "no address", reason?.reason ?? ""];
  return new Problem(`nothing is sent to ${where}: ${text}`, {
    hint: sendHint(delivery, reason),
    ...(reason !== undefined && NO_WAY.has(reason.code) ? { unreachable: true } : {}),
    reference: `${said}: ${reference}\nsend_spa_packet: packet not sent.`,
  });
}

/** Errors that mean "no route to the address": the kernel's, and Deno's on Windows. */
const NO_WAY: ReadonlySet<string> = new Set([
  ...["ENETUNREACH", "EHOSTUNREACH", "ENETDOWN", "EHOSTDOWN"],
  ...["NetworkUnreachable", "HostUnreachable"],
]);

/** Whether the kernel gave the connection up because the time limit of the socket was over. */
function isTimeout({ call, code }: SystemError): boolean {
  return call === "connect" && code === "EINPROGRESS";
}

function sendHint({ transport }: Delivery, reason: SystemError | undefined): string {
  if (reason?.code === "EPERM" && reason.call === "socket") {
    return `-P ${transport} needs root or the capability CAP_NET_RAW`;
  }
  if (reason?.call === "bind") {
    return "another program may use the source port; a port below 1024 needs root";
  }
  return transport === "tcp" || transport === "http"
    ? "the server must listen there for this transport; -P udp needs no listener"
    : "is the network up, and is there a route to the server?";
}
