/**
 * Sends with the runtime's own sockets, on systems without a C library (Windows).
 *
 * @module
 */
import { SystemError } from "../../ffi/libc.ts";
import type { SendOnceOptions } from "../../ffi/send_once.ts";
import { addressFromBytes } from "../net/address.ts";
import { systemReasonOf } from "../errors/reason.ts";

/**
 * Does what `sendOnce` does, without blocking. Datagrams need a program that was compiled or started with
 * `--unstable-net`. The source port of a stream cannot be chosen.
 *
 * @throws {SystemError} naming the step that failed, with the runtime's words.
 */
export async function sendByRuntime(
  payload: Uint8Array<ArrayBuffer>,
  options: SendOnceOptions,
): Promise<number> {
  const { text: hostname, family } = addressFromBytes(options.address);
  const to = { hostname, port: options.port };
  return options.kind === "datagram"
    ? await sendDatagram(payload, to, family === 4 ? "0.0.0.0" : "::", options.sourcePort ?? 0)
    : await sendStream(payload, to, options);
}

interface HostAndPort {
  readonly hostname: string;
  readonly port: number;
}

async function sendDatagram(
  payload: Uint8Array,
  to: HostAndPort,
  anyAddress: string,
  sourcePort: number,
): Promise<number> {
  const local = { transport: "udp", hostname: anyAddress, port: sourcePort } as const;
  const socket = await named("bind", () => Deno.listenDatagram(local));
  try {
    return await named("send", () => socket.send(payload, { transport: "udp", ...to }));
  } finally {
    socket.close();
  }
}

async function sendStream(
  payload: Uint8Array,
  to: HostAndPort,
  { sourcePort, timeout }: SendOnceOptions,
): Promise<number> {
  if (sourcePort !== undefined) {
    throw new SystemError(
      "bind",
      "EOPNOTSUPP",
      "a TCP source port cannot be chosen on this system",
    );
  }
  const connection = await named("connect", () => within(timeout, Deno.connect(to)));
  try {
    let sent = 0;
    while (sent < payload.length) {
      sent += await named("send", () => connection.write(payload.subarray(sent)));
    }
    return sent;
  } finally {
    connection.close();
  }
}

/** Runs one step and gives its name to its error. */
async function named<Result>(call: string, step: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new SystemError(call, error.name, systemReasonOf(error));
  }
}

/** Waits for a connection. If it is made too late, it is closed. */
async function within(seconds: number, connecting: Promise<Deno.TcpConn>): Promise<Deno.TcpConn> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isLate = false;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isLate = true;
      reject(new Error(`no answer after ${seconds} s`));
    }, seconds * 1000);
  });
  connecting.then((connection) => {
    if (isLate) connection.close();
  }, () => {});
  try {
    return await Promise.race([connecting, late]);
  } finally {
    clearTimeout(timer);
  }
}
