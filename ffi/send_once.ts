/**
 * Sends one payload from a chosen port. It has its own tables: a knock must not pay for binding the functions that the
 * daemon calls, nor those that a plain datagram does not need (0.2 ms each).
 *
 * @module
 */
import { check, libcName } from "./libc.ts";
import { socketSymbols } from "./libc_symbols.ts";
import { openLibrary } from "./library.ts";
import { platform } from "./platform.ts";
import { internetAddress, wildcardAddress } from "./socket_address.ts";

const { socket, connect, send, close, setsockopt, bind } = socketSymbols;

const sendSymbols = { socket, connect, send, close };

/** For streams, chosen ports and raw packets. */
const specialSymbols = {
  setsockopt,
  bind,
  sendto: {
    parameters: [
      "i32", // int sockfd
      "buffer", // const void *buf
      "usize", // size_t len
      "i32", // int flags
      "buffer", // const struct sockaddr *dest_addr
      "u32", // socklen_t addrlen
    ],
    result: "i32", // bytes, or -1 (ssize_t)
  },
} as const satisfies Deno.ForeignLibraryInterface;

let library: ReturnType<typeof openLibrary<typeof sendSymbols>> | undefined;
let specialLibrary: ReturnType<typeof openLibrary<typeof specialSymbols>> | undefined;

/** Loaded once, by the first call. */
function functions(): NonNullable<typeof library> {
  return library ??= openLibrary(libcName(), sendSymbols);
}

function specialFunctions(): NonNullable<typeof specialLibrary> {
  return specialLibrary ??= openLibrary(libcName(), specialSymbols);
}

const STREAM = 1;
const RAW = 3;
const IPPROTO_RAW = 255;
const SEND_TIMEOUT = { linux: 21, darwin: 0x1005 } as const;

/** Destination and source of a payload. */
export interface SendOnceOptions {
  readonly kind: "datagram" | "stream";
  /** 4 or 16 bytes, network order. */
  readonly address: Uint8Array;
  /** 0 to 65535. */
  readonly port: number;
  /** Absent: the system picks a port. */
  readonly sourcePort?: number;
  /** Limit in seconds for connecting and sending by a stream (macOS limits only the sending). */
  readonly timeout: number;
}

/**
 * Connects, sends the payload with one call, closes, and returns the number of bytes sent. Datagram
 * sockets are connected too, so an unreachable address is an error at once. Blocks.
 *
 * @throws {SystemError} with the name of the call that failed.
 */
export function sendOnce(payload: Uint8Array<ArrayBuffer>, options: SendOnceOptions): number {
  const { AF_INET, AF_INET6, SOCK_DGRAM } = platform().number;
  const symbols = functions();
  const family = options.address.length === 4 ? 4 : 6;
  const type = options.kind === "stream" ? STREAM : SOCK_DGRAM;
  const socket = check(symbols.socket(family === 4 ? AF_INET : AF_INET6, type, 0), "socket");
  try {
    if (options.kind === "stream") limitTime(socket, options.timeout);
    if (options.sourcePort !== undefined) {
      const local = wildcardAddress(family, options.sourcePort);
      check(specialFunctions().bind(socket, local, local.length), "bind");
    }
    const remote = internetAddress(options.address, options.port);
    check(symbols.connect(socket, remote, remote.length), "connect");
    return check(symbols.send(socket, payload, BigInt(payload.length), 0), "send");
  } finally {
    symbols.close(socket);
  }
}

/** Limits the time for connecting and sending. */
function limitTime(socket: number, seconds: number): void {
  const timeout = new Uint8Array(new BigInt64Array([BigInt(seconds), 0n]).buffer);
  const option = SEND_TIMEOUT[Deno.build.os === "darwin" ? "darwin" : "linux"];
  const { setsockopt } = specialFunctions();
  check(setsockopt(socket, platform().number.SOL_SOCKET, option, timeout, 16), "setsockopt");
}

/**
 * Sends an IPv4 packet with the given header. Needs root or CAP_NET_RAW. The kernel fills in the header
 * checksum, the total length, and a source address or id that is zero. Returns the number of bytes sent.
 *
 * @throws {SystemError} `EPERM` without the privilege.
 */
export function sendRawIpv4(packet: Uint8Array<ArrayBuffer>, address: Uint8Array): number {
  const symbols = functions();
  const socket = check(symbols.socket(platform().number.AF_INET, RAW, IPPROTO_RAW), "socket");
  try {
    const remote = internetAddress(address, 0);
    const length = BigInt(packet.length);
    const { sendto } = specialFunctions();
    return check(sendto(socket, packet, length, 0, remote, remote.length), "sendto");
  } finally {
    symbols.close(socket);
  }
}
