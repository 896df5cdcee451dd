/**
 * Which addresses can belong to exactly one other host. Bytes are compared: a table of parsed prefixes would cost every knock
 * 0.6 ms when the file is loaded.
 *
 * @module
 */
import type { Address } from "./address.ts";

/** Whether packets to the address never leave the sending host (RFC 1122 3.2.1.3, RFC 4291 2.5.3). */
export function isLoopback({ family, bytes, text }: Address): boolean {
  return family === 4 ? bytes[0] === 127 : text === "::1";
}

/**
 * Whether the address means no single host: "this network", multicast or the limited broadcast (RFC 1122 3.2.1.3,
 * RFC 1112, RFC 4291 2.5.2 and 2.7).
 */
export function isNoHost({ family, bytes: [first = 0], text }: Address): boolean {
  if (family === 6) return text === "::" || first === 0xff;
  return first === 0 || first >> 4 === 0xe || text === "255.255.255.255";
}

/** Whether the address means one host only together with an interface (RFC 4291 2.5.6). */
export function isLinkLocal({ family, bytes: [first = 0, second = 0] }: Address): boolean {
  return family === 6 && first === 0xfe && second >> 6 === 0b10;
}
