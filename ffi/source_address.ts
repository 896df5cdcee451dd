/**
 * The address of this host from which the kernel sends.
 *
 * @module
 */
import { check, libcName } from "./libc.ts";
import { socketSymbols } from "./libc_symbols.ts";
import { openLibrary } from "./library.ts";
import { platform } from "./platform.ts";
import { INTERNET_ADDRESS_SIZE, internetAddress } from "./socket_address.ts";

const { socket, connect, getsockname, close } = socketSymbols;

const symbolTable = { socket, connect, getsockname, close };

/** Loaded once: a client that keeps a port open asks repeatedly. */
let library: ReturnType<typeof openLibrary<typeof symbolTable>> | undefined;

/** Any port except 0, to which some systems do not connect. */
const DISCARD = 9;

/**
 * The source address of packets to the given address; 4 or 16 bytes, like that one. Connecting a datagram socket sends
 * nothing.
 *
 * @throws {SystemError} when there is no route.
 */
export function sourceAddress(towards: Uint8Array): Uint8Array {
  const { AF_INET, AF_INET6, SOCK_DGRAM } = platform().number;
  const isIpv4 = towards.length === 4;
  const symbols = library ??= openLibrary(libcName(), symbolTable);
  const descriptor = check(symbols.socket(isIpv4 ? AF_INET : AF_INET6, SOCK_DGRAM, 0), "socket");
  try {
    const remote = internetAddress(towards, DISCARD);
    check(symbols.connect(descriptor, remote, remote.length), "connect");
    const local = new Uint8Array(INTERNET_ADDRESS_SIZE);
    const size = new Uint8Array(new Uint32Array([local.length]).buffer);
    check(symbols.getsockname(descriptor, local, size), "getsockname");
    return isIpv4 ? local.slice(4, 8) : local.slice(8, 24);
  } finally {
    symbols.close(descriptor);
  }
}
