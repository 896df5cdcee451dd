/**
 * `struct sockaddr` of the address families in use.
 *
 * @module
 */
import { platform } from "./platform.ts";

/** Size of `struct sockaddr_in6`; `sockaddr_in` is smaller. */
export const INTERNET_ADDRESS_SIZE = 28;

const encoder = new TextEncoder();

/** The wildcard address of a family and a port, for `bind`. */
export function wildcardAddress(family: 4 | 6, port: number): Uint8Array<ArrayBuffer> {
  const { AF_INET, AF_INET6 } = platform().number;
  const bytes = new Uint8Array(family === 4 ? 16 : INTERNET_ADDRESS_SIZE);
  writeFamily(bytes, family === 4 ? AF_INET : AF_INET6);
  new DataView(bytes.buffer).setUint16(2, port);
  return bytes;
}

/** An address of 4 or 16 bytes and a port, for `connect` and `sendto`. */
export function internetAddress(address: Uint8Array, port: number): Uint8Array<ArrayBuffer> {
  const bytes = wildcardAddress(address.length === 4 ? 4 : 6, port);
  bytes.set(address, address.length === 4 ? 4 : 8);
  return bytes;
}

/** A path of a local (Unix) socket. A leading `@` means an abstract name (Linux). */
export function localAddress(path: string): Uint8Array<ArrayBuffer> {
  const name = encoder.encode(path.startsWith("@") ? "\0" + path.slice(1) : path + "\0");
  // sun_path holds 108 bytes on Linux, 104 on macOS.
  if (name.length > (platform().addressHasLength ? 104 : 108)) {
    throw new RangeError(`The path of a local socket is too long: ${path}`);
  }
  const bytes = new Uint8Array(2 + name.length);
  writeFamily(bytes, platform().number.AF_UNIX);
  bytes.set(name, 2);
  return bytes;
}

function writeFamily(bytes: Uint8Array<ArrayBuffer>, family: number): void {
  if (platform().addressHasLength) {
    bytes[0] = bytes.length;
    bytes[1] = family;
  } else {
    new DataView(bytes.buffer).setUint16(0, family, true);
  }
}
