/**
 * The data and interfaces that all captures share.
 *
 * @module
 */
import type { Address } from "../net/address.ts";

/** One transport payload that arrived, and the values of its headers. */
export interface Datagram {
  /** IP protocol number: 6 TCP, 17 UDP, 1 ICMP, 58 ICMPv6. */
  readonly protocol: number;
  readonly source: Address;
  /** 0 where the protocol has no ports. */
  readonly sourcePort: number;
  readonly destination: Address;
  readonly destinationPort: number;
  /**
   * The transport payload. The whole datagram is in the capture's own buffer and is valid only
   * until the receiver returns. Use {@link copyDatagram} to keep it longer.
   */
  readonly payload: Uint8Array;
}

/** A datagram that no later packet changes. */
export function copyDatagram(datagram: Datagram): Datagram {
  return {
    protocol: datagram.protocol,
    source: datagram.source,
    sourcePort: datagram.sourcePort,
    destination: datagram.destination,
    destinationPort: datagram.destinationPort,
    payload: datagram.payload.slice(),
  };
}

/** Counters since the capture was opened. */
export interface CaptureStatistics {
  /** Packets that reached this process. */
  readonly received: number;
  /** Packets lost before this process could read them, because a buffer was full. */
  readonly dropped: number;
  /** Packets read without a usable datagram: fragments, cut frames, other protocols. */
  readonly refused: number;
}

/** Takes one datagram. It must not throw: it handles its own errors. */
export type Receive = (datagram: Datagram) => void;

/** Takes a line for the log about an event that does not end the capture: `Interface eth0 is down`. */
export type Notify = (notice: CaptureNotice) => void;

/** An event of a capture. */
export interface CaptureNotice {
  readonly severity: "info" | "warning";
  readonly text: string;
}

/** One source of packets. The constructor, or an opening function, opens it. */
export interface Capture {
  /** For the log: `UDP server on port 62201`, `interface eth0`. */
  readonly description: string;
  /** The packets come from a file, as fast as they are read: their rate says nothing about their senders. */
  readonly isFile?: true;
  /**
   * Delivers datagrams until {@link close} is called or a file ends (resolves), or until the source of
   * packets fails permanently (rejects). Called once.
   */
  run(receive: Receive): Promise<void>;
  statistics(): CaptureStatistics;
  /** Ends {@link run} soon. Idempotent. For a capture that never ran, everything is undone when this resolves. */
  close(): void | Promise<void>;
}
