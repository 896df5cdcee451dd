/**
 * The UDP server: opens a socket instead of sniffing (`docs/spec/server.md` 6.2). It listens on IPv4 and IPv6 and knows
 * the destination address of every packet (16, row 19).
 *
 * @module
 */
import { SystemError } from "../../ffi/libc.ts";
import { UdpSocket } from "../../ffi/udp_socket.ts";
import type { ServerSettings } from "../config/fwknopd_variables.ts";
import { HintedError } from "../errors/hinted_error.ts";
import { type Address, addressFromBytes } from "../net/address.ts";
import type { Capture, CaptureStatistics, Datagram, Receive } from "./datagram.ts";
import type { OpenedCapture } from "./listener.ts";
import { Engine, type PacketSource } from "./engine.ts";

/** Longer payloads are cut, as in the C daemon. */
export const LONGEST_PAYLOAD = 1500;
/** Bytes of kernel buffer: about 5,000 packets of 210 bytes, half a second of junk at 10,000/s. */
const BUFFER_SIZE = 4 << 20;
const UDP = 17;

/** A UDP port as a packet source. */
export class UdpServer implements Capture, PacketSource {
  readonly description: string;
  readonly descriptor: number;
  readonly #socket: UdpSocket;
  readonly #engine = new Engine();
  readonly #datagram: UdpDatagram;
  #receive: Receive = () => {};
  #received = 0;
  #isRunning = false;
  #isClosed = false;

  /**
   * @param port 1 to 65535, or 0 for a port that the system picks.
   * @throws {HintedError} when the port is taken or not allowed.
   */
  constructor(port: number) {
    this.#socket = openSocket(port);
    this.descriptor = this.#socket.descriptor;
    this.description = `UDP server on port ${this.#socket.port}`;
    this.#datagram = new UdpDatagram(this.#socket);
  }

  /** The port on which it listens. */
  get port(): number {
    return this.#socket.port;
  }

  /** Delivers packets until {@link close}. */
  async run(receive: Receive): Promise<void> {
    this.#receive = receive;
    this.#isRunning = true;
    this.#engine.add(this);
    try {
      await this.#engine.run();
    } finally {
      this.#socket.close();
    }
  }

  /** Delivers the packets that have arrived; called by the engine. */
  drain(limit: number): number {
    for (let count = 0; count < limit; count++) {
      if (this.#isClosed) return count;
      const length = this.#socket.receive();
      if (length < 0) return count;
      this.#received++;
      this.#datagram.hold(length);
      this.#receive(this.#datagram);
    }
    return limit;
  }

  /** `dropped` counts packets that the socket's buffer could not hold (Linux). */
  statistics(): CaptureStatistics {
    return { received: this.#received, dropped: this.#socket.dropped(), refused: 0 };
  }

  /** Ends {@link run}. The port is free when that has resolved. */
  close(): void {
    this.#isClosed = true;
    this.#engine.close();
    // A thread may be waiting on the descriptor: while `run` is running, only `run` itself closes it.
    if (!this.#isRunning) this.#socket.close();
  }
}

/** Opens UDPSERV_PORT. @throws {HintedError} when the port is taken or not allowed. */
export function openUdpServer({ UDPSERV_PORT: port }: ServerSettings): OpenedCapture {
  return {
    capture: new UdpServer(port),
    announcements: [`Kicking off UDP server to listen on port ${port}.`],
  };
}

function openSocket(port: number): UdpSocket {
  try {
    return new UdpSocket({ port, payloadSize: LONGEST_PAYLOAD, bufferSize: BUFFER_SIZE });
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    throw new HintedError(`Cannot listen on UDP port ${port}: ${error.reason}`, {
      hint: hintFor(error),
      cause: error,
    });
  }
}

function hintFor(error: SystemError): string {
  switch (error.code) {
    case "EADDRINUSE":
      return "Another program has the port: stop it, or set UDPSERV_PORT";
    case "EACCES":
      return "Ports below 1024 need root or CAP_NET_BIND_SERVICE";
    default:
      return "Check UDPSERV_PORT and the limits of this process";
  }
}

/** The packet that the socket holds. Its addresses are created at the first read, once per packet. */
class UdpDatagram implements Datagram {
  readonly protocol = UDP;
  payload: Uint8Array = new Uint8Array(0);
  #source: Address | undefined;
  #destination: Address | undefined;

  constructor(readonly socket: UdpSocket) {}

  hold(length: number): void {
    this.payload = this.socket.payload(length);
    this.#source = undefined;
    this.#destination = undefined;
  }

  get source(): Address {
    return this.#source ??= addressFromBytes(this.socket.source);
  }

  get sourcePort(): number {
    return this.socket.sourcePort;
  }

  get destination(): Address {
    return this.#destination ??= addressFromBytes(this.socket.destination);
  }

  get destinationPort(): number {
    return this.socket.port;
  }
}
