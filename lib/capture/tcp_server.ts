/**
 * The TCP server: takes the bytes that a client writes as one packet, in this process and without an answer
 * (`docs/spec/server.md` 6.3 and 16, row 10).
 *
 * @module
 */
import type { ServerSettings } from "../config/fwknopd_variables.ts";
import { HintedError } from "../errors/hinted_error.ts";
import { reasonOf } from "../errors/reason.ts";
import { type Address, parseAddress } from "../net/address.ts";
import type { Capture, CaptureStatistics, Receive } from "./datagram.ts";
import type { OpenedCapture } from "./listener.ts";
import { LONGEST_PAYLOAD } from "./udp_server.ts";

const TCP = 6;
/** After this silence, in milliseconds, the packet counts as whole: web clients wait for an answer. */
const SILENCE = 100;
/** Longest life of a connection, in milliseconds. */
const LONGEST_CONNECTION = 1000;
/** Connections at a time. More are closed unread: each costs memory and a descriptor. */
const MOST_CONNECTIONS = 64;
/** Pause after a failed accept (out of descriptors), in milliseconds. */
const ACCEPT_PAUSE = 100;

/** A TCP port as a packet source. If a sniffer runs too, its packets of this port must be dropped. */
export class TcpServer implements Capture {
  readonly description: string;
  readonly #listener: Deno.TcpListener;
  readonly #connections = new Set<Deno.TcpConn>();
  #receive: Receive = () => {};
  #received = 0;
  #dropped = 0;
  #refused = 0;
  #isClosed = false;
  #pause: (() => void) | undefined;

  /**
   * @param port 1 to 65535, or 0 for a port that the system picks.
   * @throws {HintedError} when the port is taken or not allowed.
   */
  constructor(port: number) {
    this.#listener = listen(port);
    this.description = `TCP server on port ${this.port}`;
  }

  /** The port on which it listens. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Delivers the packets of connections until {@link close}. */
  async run(receive: Receive): Promise<void> {
    this.#receive = receive;
    const serving = new Set<Promise<void>>();
    while (!this.#isClosed) {
      const connection = await this.#accept();
      if (connection === undefined) continue;
      const served = this.#serve(connection).finally(() => serving.delete(served));
      serving.add(served);
    }
    await Promise.all(serving);
  }

  /** `dropped` counts connections closed unread, `refused` those that sent nothing or too much. */
  statistics(): CaptureStatistics {
    return { received: this.#received, dropped: this.#dropped, refused: this.#refused };
  }

  /** Ends {@link run} and every connection. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#listener.close();
    this.#pause?.();
    for (const connection of this.#connections) closeQuietly(connection);
  }

  async #accept(): Promise<Deno.TcpConn | undefined> {
    try {
      const connection = await this.#listener.accept();
      if (this.#connections.size < MOST_CONNECTIONS && !this.#isClosed) return connection;
      this.#dropped++;
      closeQuietly(connection);
    } catch {
      // Closed, or out of descriptors: the next turn of the loop shows which.
      if (!this.#isClosed) await this.#rest();
    }
    return undefined;
  }

  async #rest(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ACCEPT_PAUSE);
      this.#pause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #serve(connection: Deno.TcpConn): Promise<void> {
    this.#connections.add(connection);
    try {
      const payload = await readPacket(connection);
      if (payload === undefined) this.#refused++;
      else if (!this.#isClosed) this.#deliver(connection, payload);
    } finally {
      this.#connections.delete(connection);
      closeQuietly(connection);
    }
  }

  #deliver({ remoteAddr, localAddr }: Deno.TcpConn, payload: Uint8Array): void {
    const source = addressOf(remoteAddr);
    const destination = addressOf(localAddr);
    if (source === undefined || destination === undefined) return;
    this.#received++;
    this.#receive({
      protocol: TCP,
      source,
      sourcePort: remoteAddr.port,
      destination,
      destinationPort: localAddr.port,
      payload,
    });
  }
}

/** Opens TCPSERV_PORT. @throws {HintedError} when the port is taken or not allowed. */
export function openTcpServer({ TCPSERV_PORT: port }: ServerSettings): OpenedCapture {
  return {
    capture: new TcpServer(port),
    announcements: [`Kicking off TCP server to listen on port ${port}.`],
  };
}

/** Listens on both families where the system has both. */
function listen(port: number): Deno.TcpListener {
  try {
    return Deno.listen({ hostname: "::", port });
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      throw portFailure(port, "Address already in use", error);
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      throw portFailure(port, "Permission denied", error);
    }
  }
  try {
    return Deno.listen({ hostname: "0.0.0.0", port });
  } catch (error) {
    throw portFailure(port, reasonOf(error), error);
  }
}

function portFailure(port: number, reason: string, cause: unknown): HintedError {
  return new HintedError(`Cannot listen on TCP port ${port}: ${reason}`, {
    hint: "Another program may have the port: stop it, or set TCPSERV_PORT; below 1024 be root",
    cause,
  });
}

function addressOf(address: Deno.NetAddr): Address | undefined {
  // A link-local address includes its zone, which SOURCE lists do not know.
  return parseAddress(address.hostname.replace(/%.*/, ""));
}

/**
 * The bytes that the client writes before it falls silent, closes, or its time is over. `undefined` when it wrote
 * nothing, or more than a packet may have.
 */
async function readPacket(connection: Deno.TcpConn): Promise<Uint8Array | undefined> {
  const bytes = new Uint8Array(LONGEST_PAYLOAD + 1);
  let length = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = performance.now() + LONGEST_CONNECTION;
  const silent = () => closeQuietly(connection);
  try {
    for (;;) {
      const patience = length === 0 ? LONGEST_CONNECTION : SILENCE;
      timer = setTimeout(silent, Math.min(patience, end - performance.now()));
      const count = await connection.read(bytes.subarray(length));
      clearTimeout(timer);
      if (count === null) break;
      length += count;
      if (length > LONGEST_PAYLOAD) return undefined;
    }
  } catch {
    // The timer, `close` or the client closed the connection: no more bytes follow.
    clearTimeout(timer);
  }
  return length === 0 ? undefined : bytes.subarray(0, length);
}

function closeQuietly(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // Closed already.
  }
}
