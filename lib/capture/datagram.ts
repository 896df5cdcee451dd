/**
 * What every way of capturing yields.
 *
 * @module
 */
import type { Address } from "../net/address.ts";

/** One transport payload that arrived, with what its headers said. */
export interface Datagram {
  /** IP protocol number: 6 TCP, 17 UDP, 1 ICMP. */
  readonly protocol: number;
  readonly source: Address;
  /** 0 where the protocol has no ports. */
  readonly sourcePort: number;
  readonly destination: Address;
  readonly destinationPort: number;
  /**
   * The transport payload. A view into the capture's own buffer, valid only until the receiver
   * returns: copy what must live longer.
   */
  readonly payload: Uint8Array;
}

/** Counters since the capture was opened. */
export interface CaptureStatistics {
  readonly received: number;
  /** Lost before this process could read them (full buffer). */
  readonly dropped: number;
}

/**
 * One way in. `run` delivers datagrams until `close` is called or `limit` were delivered; it rejects
 * when the source of packets fails for good.
 */
export interface Capture {
  /** For the log: `UDP server on port 62201`, `interface eth0`. */
  readonly description: string;
  run(receive: (datagram: Datagram) => void): Promise<void>;
  statistics(): CaptureStatistics;
  close(): void;
}
