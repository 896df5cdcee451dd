/**
 * One payload out of a chosen port. Tables of its own: the knock must not pay for binding what the
 * daemon calls, nor for what a plain datagram does without (0.2 ms each).
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

/** Opened once, by the first call. */
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

/** Where a payload goes and where it comes from. */
export interface SendOnceOptions {
  readonly kind: "datagram" | "stream";
  /** 4 or 16 bytes, network order. */
  readonly address: Uint8Array;
  /** 0 to 65535. */
  readonly port: number;
  /** Absent: the system picks one. */
  readonly sourcePort?: number;
  /** Seconds until connecting or sending by a stream is given up (macOS bounds the sending only). */
  readonly timeout: number;
}

/**
 * Connects, sends the payload with one call, closes, and returns the number of bytes that left. Datagram
 * sockets are connected too, so an address that cannot be reached from here is an error at once. Blocks.
 *
 * @throws {SystemError} naming the call that failed.
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

/** Bounds connecting and sending. */
function limitTime(socket: number, seconds: number): void {
  const timeout = new Uint8Array(new BigInt64Array([BigInt(seconds), 0n]).buffer);
  const option = SEND_TIMEOUT[Deno.build.os === "darwin" ? "darwin" : "linux"];
  const { setsockopt } = specialFunctions();
  check(setsockopt(socket, platform().number.SOL_SOCKET, option, timeout, 16), "setsockopt");
}

/**
 * Sends an IPv4 packet with its header as given; needs root or CAP_NET_RAW. The kernel fills in the header
 * checksum, the total length, and a zero source address or id. Returns the number of bytes sent.
 *
 * @throws {SystemError} `EPERM` without the right.
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
