/**
 * What every way of capturing yields.
 *
 * @module
 */
import type { Address } from "../net/address.ts";

/** One transport payload that arrived, with what its headers said. */
export interface Datagram {
  /** IP protocol number: 6 TCP, 17 UDP, 1 ICMP, 58 ICMPv6. */
  readonly protocol: number;
  readonly source: Address;
  /** 0 where the protocol has no ports. */
  readonly sourcePort: number;
  readonly destination: Address;
  readonly destinationPort: number;
  /**
   * The transport payload. The whole datagram lives in the capture's own buffer and is valid only
   * until the receiver returns: {@link copyDatagram} what must live longer.
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
  /** Lost before this process could read them (full buffer). */
  readonly dropped: number;
  /** Packets read that hold nothing for us: fragments, cut frames, other protocols. */
  readonly refused: number;
}

/** Takes one datagram. It must not throw: what it cannot handle is its own business. */
export type Receive = (datagram: Datagram) => void;

/** Something worth a line in the log that does not end the capture: `Interface eth0 is down`. */
export type Notify = (notice: CaptureNotice) => void;

/** What happened to a capture. */
export interface CaptureNotice {
  readonly severity: "info" | "warning";
  readonly text: string;
}

/** One way in. Opening it is the constructor's or the opening function's business. */
export interface Capture {
  /** For the log: `UDP server on port 62201`, `interface eth0`. */
  readonly description: string;
  /**
   * Delivers datagrams until {@link close} is called or a file ends (resolves), or until the source of
   * packets fails for good (rejects). Called once.
   */
  run(receive: Receive): Promise<void>;
  statistics(): CaptureStatistics;
  /** Ends {@link run} promptly. Idempotent. One that was never run has put everything back when this resolves. */
  close(): void | Promise<void>;
}
